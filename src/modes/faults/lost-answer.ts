import type { FaultMatch, QuestionFault } from './fault-set.ts'

/** The service does it, and its answer is lost with the connection; that of COMMIT unless something else is matched. */
export function lostAnswer(match: FaultMatch = { operation: 'COMMIT' }): QuestionFault {
  return { name: 'answer lost', match, disturbance: { do: 'lose' } }
}
