import type { HttpReply } from '../message.ts'
import { collect, type HttpFault, type HttpFaultMatch } from './http-fault.ts'

/** Every page of a list is the first one, and says that there is a next one. */
export function repeatedPage(match: HttpFaultMatch = {}): HttpFault {
  let first: Promise<readonly HttpReply[]> | undefined
  return {
    name: 'repeated page',
    match: { times: Number.POSITIVE_INFINITY, ...match },
    reaches: true,
    before: (peer, disarmed) =>
      async function* (question, signal) {
        if (disarmed.aborted) return yield* peer(question, signal)
        first ??= collect(peer(question, signal))
        yield* await first
      },
  }
}
