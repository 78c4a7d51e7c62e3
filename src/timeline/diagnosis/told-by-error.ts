import type { Diagnosis } from './diagnosis.ts'
import type { Patient } from './diagnose.ts'
import type { DiagnosisKind } from './kinds.ts'

/** What programs and servers say in words of their own that leave no doubt. */
const words: readonly (readonly [DiagnosisKind, RegExp])[] = [
  [
    'connection',
    /\b(?:ECONNREFUSED|ECONNRESET|ENOTFOUND|EPIPE|EHOSTUNREACH)\b[^\n]*|connection refused[^\n]*|Connection terminated unexpectedly/i,
  ],
  [
    'authentication',
    /password authentication failed[^\n]*|role "[^"]*" does not exist|Access denied for user[^\n]*|ACCESS_REFUSED[^\n]*|\bNOAUTH\b[^\n]*/,
  ],
  ['connection', /timeout exceeded when trying to connect|Timeout acquiring a connection[^\n]*|QueuePool limit[^\n]*/i],
]

/** The error alone, where nothing that was taken down shows more; which boundary it was is left open. */
export function toldByError({ error }: Patient): Diagnosis | undefined {
  for (const [kind, pattern] of words) {
    const [said] = pattern.exec(error ?? '') ?? []
    if (said === undefined) continue
    const because = `the error of the test says "${said.trim().slice(0, 160)}"; no exchange that was taken down shows it`
    return { boundary: null, kind, because, exchanges: [] }
  }
  return undefined
}
