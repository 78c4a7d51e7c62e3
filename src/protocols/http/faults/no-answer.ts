import { collect, type HttpFault, type HttpFaultMatch, lostConnection } from './http-fault.ts'

/** The service does what it is asked, and no answer comes; the connection stays until the client gives up. */
export function noAnswer(match: HttpFaultMatch = {}): HttpFault {
  return {
    name: 'no answer',
    match,
    reaches: true,
    before: (peer, disarmed) =>
      async function* (question, signal) {
        await collect(peer(question, signal))
        const over = AbortSignal.any([signal, disarmed])
        if (!over.aborted) await new Promise((resolve) => over.addEventListener('abort', resolve, { once: true }))
        yield lostConnection()
      },
  }
}
