import { errorHints } from '../../core/error-codes.ts'
import type { Diagnosis } from './diagnosis.ts'
import type { Patient } from './diagnose.ts'

/** What came of something else: an answer that was waited for, or a service that failed. Exchanges may say more of it. */
const followsFrom = /^MORTAR_(?:NOT_AWAITED|UPSTREAM_\w+)$/

/** An error of Mortar's own that leaves no doubt, whatever else went on in the test. */
export function ownError(patient: Patient): Diagnosis | undefined {
  const said = readOwn(patient.error)
  return said && !followsFrom.test(said.code) ? toldBy(said) : undefined
}

/** Any error of Mortar's own, where no exchange explains it. */
export function anyOwnError({ error }: Patient): Diagnosis | undefined {
  const said = readOwn(error)
  return said && toldBy(said)
}

interface OwnError {
  readonly code: string
  readonly line: string
}

/** The first line of an error of Mortar's own, `MORTAR_USAGE  what happened`, with which the error of the test begins. */
function readOwn(error: string | null): OwnError | undefined {
  const line = error?.split('\n').find((each) => each.trim() !== '')
  const [, from, code = ''] = /^((?:\s*[\w ]*Error:)?\s*)(MORTAR_[A-Z_]+)\b/.exec(line ?? '') ?? []
  if (line === undefined || from === undefined || !Object.hasOwn(errorHints, code)) return undefined
  return { code, line: line.slice(from.length).trim().replaceAll(/\s+/g, ' ') }
}

function toldBy({ code, line }: OwnError): Diagnosis {
  const kind = code === 'MORTAR_MISS' || code === 'MORTAR_UNKNOWN_DESTINATION' ? 'miss' : 'mortar-error'
  return { boundary: null, kind, because: line, exchanges: [] }
}
