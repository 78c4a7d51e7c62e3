import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { makeSchema } from '../../../contracts/json-schema.ts'
import { makePact } from '../../../contracts/pact/make-pact.ts'
import type { ProvedOperation } from '../../../core/proved-contract.ts'
import { writeWhole } from '../../../files/write-whole.ts'

/** Where contracts are kept unless somebody says otherwise, below the project's folder. */
export const contractFolder = '.mortar/contracts'

/**
 * Writes what was proved as `BOUNDARY.pact.json` and `BOUNDARY.schema.json`. Contracts of boundaries of which nothing
 * was proved now stay as they are.
 *
 * @param project - Folder of the project, whose name in package.json is that of the consumer.
 * @returns Paths of the files.
 * @throws MortarError `MORTAR_WRITE_FAILED`
 */
export function writeContracts(project: string, folder: string, proved: readonly ProvedOperation[]): readonly string[] {
  const consumer = nameOf(project)
  return [...Map.groupBy(proved, ({ boundary }) => boundary)].flatMap(([provider, operations]) => {
    const file = join(folder, provider.replaceAll(/[^\w.-]/g, '-'))
    const kinds = {
      pact: makePact(operations, { consumer, provider }),
      schema: makeSchema(operations, { consumer, provider }),
    }
    return Object.entries(kinds).map(([kind, content]) => {
      const path = `${file}.${kind}.json`
      writeWhole(path, `${JSON.stringify(content, undefined, 2)}\n`)
      return path
    })
  })
}

function nameOf(project: string): string {
  try {
    const { name } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as { readonly name?: unknown }
    if (typeof name === 'string' && name !== '') return name
  } catch {
    // A program in another language has none.
  }
  return basename(project)
}
