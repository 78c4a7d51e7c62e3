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
        const answer = peer(question, signal)[Symbol.asyncIterator]()
        try {
          // The service takes the time that it takes; only then is its answer kept back.
          let reply = await answer.next()
          await pauseByEither(ms, signal, disarmed)
          for (; !reply.done; reply = await answer.next()) yield reply.value
        } finally {
          await answer.return?.()
        }
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
