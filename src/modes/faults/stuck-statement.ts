import type { FaultMatch, QuestionFault } from './fault-set.ts'

/** Longer than anybody waits, milliseconds. */
const longMs = 3_600_000

/**
 * The statement waits as for a lock that nobody gives up: until the fault is disarmed or, with PostgreSQL, until it is
 * cancelled with 57014 by the `statement_timeout` or `lock_timeout` of its session.
 */
export function stuckStatement(match: FaultMatch = {}): QuestionFault {
  return { name: 'stuck statement', match, disturbance: { do: 'delay', ms: longMs, limited: true } }
}
