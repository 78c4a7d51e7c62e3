import { type HttpFault, type HttpFaultMatch, lostConnection } from './http-fault.ts'

/** The connection is lost in the middle of the body of the answer; before an answer without one. */
export function resetMidBody(match: HttpFaultMatch = {}): HttpFault {
  return {
    name: 'reset mid body',
    match,
    reaches: true,
    before: (peer) =>
      async function* (question, signal) {
        for await (const reply of peer(question, signal)) {
          if (reply.type === 'data' && reply.bytes.length > 0) {
            yield { type: 'data', bytes: reply.bytes.subarray(0, Math.floor(reply.bytes.length / 2)) }
            break
          }
          if (reply.type === 'failure') return yield reply
          yield reply
        }
        yield { ...lostConnection(), failure: 'truncated' } as const
      },
  }
}
