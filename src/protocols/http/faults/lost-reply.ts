import { collect, type HttpFault, type HttpFaultMatch, lostConnection } from './http-fault.ts'

/** The service does what it is asked and answers, and the answer is lost with the connection. */
export function lostReply(match: HttpFaultMatch = {}): HttpFault {
  return {
    name: 'reply lost',
    match,
    reaches: true,
    before: (peer) =>
      async function* (question, signal) {
        await collect(peer(question, signal))
        yield lostConnection()
      },
  }
}
