import type { FaultMatch, QuestionFault } from './fault-set.ts'

/** The question reaches the service `ms` milliseconds later, and so does all that the client sends behind it. */
export function slowQuestion(ms: number, match: FaultMatch = {}): QuestionFault {
  return { name: `slow ${ms} ms`, match, disturbance: { do: 'delay', ms } }
}
