import type { FaultMatch, QuestionFault } from './fault-set.ts'
import { sqlstate } from './sqlstate.ts'

/** Everything that changes something is refused with 25006, as by a standby after a failover. */
export function readOnly(match: FaultMatch = {}): QuestionFault {
  const { disturbance } = sqlstate('25006')
  return { name: 'read-only', match: { times: Number.POSITIVE_INFINITY, ...match, effect: true }, disturbance }
}
