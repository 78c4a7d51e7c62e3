import type { FaultMatch, QuestionFault } from './fault-set.ts'

/** The connection is lost before the question reaches the service; before COMMIT unless something else is matched. */
export function lostConnection(match: FaultMatch = { operation: 'COMMIT' }): QuestionFault {
  return { name: 'connection lost before', match, disturbance: { do: 'cut' } }
}
