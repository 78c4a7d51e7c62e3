import { pause } from '../../../core/real-clock.ts'
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
        await pauseByEither(ms, signal, disarmed)
        yield* answer
      },
  }
}

/** By the program's clock, where that is put forward while it waits; one that a test has stopped does not count. */
async function pauseByEither(ms: number, ...signals: readonly AbortSignal[]): Promise<void> {
  const over = new AbortController()
  const timer = setTimeout(() => over.abort(), ms)
  await pause(ms, over.signal, ...signals)
  clearTimeout(timer)
}
