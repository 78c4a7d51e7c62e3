import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MortarError } from '../../core/errors.ts'
import { writeWhole } from '../../files/write-whole.ts'
import { acceptAll, type AcceptedFinding } from '../../matrix/accepted.ts'
import type { MatrixDocument } from './document.ts'
import type { FailOn } from './fail-on.ts'

/** What a team has accepted stands in the project's folder, to be reviewed as code is. */
export const acceptedFile = 'mortar.accepted.json'

/**
 * Reads what was accepted before; nothing when there is no such file.
 *
 * @throws MortarError `MORTAR_ACCEPTED_UNREADABLE`
 */
export function readAccepted(directory: string): readonly AcceptedFinding[] {
  const file = join(directory, acceptedFile)
  if (!existsSync(file)) return []
  let read: unknown
  try {
    read = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw unreadable(file, `it is no JSON: ${(cause as Error).message}`)
  }
  const { version, findings } = (read ?? {}) as { readonly version?: unknown; readonly findings?: unknown }
  if (version !== 1) throw unreadable(file, `its version is ${JSON.stringify(version)}, and 1 is known`)
  if (!Array.isArray(findings) || !findings.every(isEntry)) {
    throw unreadable(
      file,
      '`findings` is no list of entries with `boundary`, `operation`, `fault`, `verdict`, `sentence` and `key`',
    )
  }
  return findings
}

/** What lets a matrix fail unless somebody says: only what is new, once the project accepts findings. */
export function defaultFailOn(directory: string): FailOn {
  return existsSync(join(directory, acceptedFile)) ? 'new' : 'bad'
}

/** What came of accepting the findings of a matrix. */
export interface AcceptedResult {
  /** With all of its findings accepted. */
  readonly document: MatrixDocument
  /** How many there are now, and how many of them are new. */
  readonly all: number
  readonly added: number
  readonly dropped: number
}

/** Accepts the findings of a matrix. What was accepted before stays where the matrix did not try everything. */
export function acceptFindings(directory: string, document: MatrixDocument): AcceptedResult {
  const { findings, isWhole } = document
  const before = readAccepted(directory)
  const after = acceptAll(findings, before, isWhole)
  writeWhole(join(directory, acceptedFile), `${JSON.stringify({ version: 1, findings: after }, undefined, 2)}\n`)
  const kept = after.filter((entry) => before.includes(entry)).length
  return {
    document: {
      ...document,
      findings: findings.map((finding) => ({ ...finding, accepted: finding.accepted ?? {} })),
      noLongerFound: [],
    },
    all: after.length,
    added: after.length - kept,
    dropped: before.length - kept,
  }
}

function isEntry(value: unknown): value is AcceptedFinding {
  if (typeof value !== 'object' || value === null) return false
  const entry = value as Readonly<Record<string, unknown>>
  const texts = ['boundary', 'operation', 'fault', 'verdict', 'sentence', 'key']
  const optional = ['site', 'reason']
  const { operations = [] } = entry
  return (
    Array.isArray(operations) &&
    operations.every((one) => typeof one === 'string') &&
    texts.every((name) => typeof entry[name] === 'string') &&
    optional.every((name) => entry[name] === undefined || typeof entry[name] === 'string')
  )
}

function unreadable(where: string, reason: string): MortarError {
  return new MortarError('MORTAR_ACCEPTED_UNREADABLE', `what was accepted cannot be read: ${reason}`, { where })
}
