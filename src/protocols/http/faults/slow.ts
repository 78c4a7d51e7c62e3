import { pauseInProgram } from '../../../core/real-clock.ts'
import type { HttpFault, HttpFaultMatch } from './http-fault.ts'

/** The answer comes `ms` milliseconds later than it would. */
export function slow(ms: number, match: HttpFaultMatch = {}): HttpFault {
  return {
    name: `slow ${ms} ms`,
    match,
    reaches: true,
    before: (peer, disarmed) =>
      async function* (question, signal) {
        const answer = peer(question, signal)
        await pauseInProgram(ms, signal, disarmed)
        yield* answer
      },
  }
}
