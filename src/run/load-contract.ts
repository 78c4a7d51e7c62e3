import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { MortarError } from '../core/errors.ts'
import type { Json } from '../core/json.ts'
import { type Contract, readContract } from '../protocols/http/contract.ts'

/**
 * Loads the OpenAPI file of a boundary, YAML or JSON.
 *
 * @param path - As the config names it, relative to the config's folder.
 * @throws MortarError `MORTAR_CONTRACT_UNREADABLE`
 */
export async function loadContract(directory: string, path: string, boundary: string): Promise<Contract> {
  const file = resolve(directory, path)
  try {
    const text = readFileSync(file, 'utf8')
    const document = path.endsWith('.json') ? (JSON.parse(text) as Json) : await parseYaml(text)
    const contract = readContract(document)
    if (contract.operations.length > 0) return contract
  } catch (cause) {
    throw unreadable(file, boundary, (cause as Error).message, cause)
  }
  throw unreadable(file, boundary, 'it names no paths')
}

async function parseYaml(text: string): Promise<Json> {
  const { parse } = await import('yaml')
  return parse(text) as Json
}

function unreadable(file: string, boundary: string, why: string, cause?: unknown): MortarError {
  return new MortarError('MORTAR_CONTRACT_UNREADABLE', `the contract of \`${boundary}\` cannot be read: ${why}`, {
    where: file,
    cause,
  })
}
