import { collect, type HttpFault } from './http-fault.ts'
import { status, type StatusOptions } from './status.ts'

/** The service does what it is asked, and a proxy in between no longer waits for it: it answers with this status. */
export function doneThough(code: number, options: StatusOptions = {}): HttpFault {
  const refused = status(code, options)
  return {
    ...refused,
    name: `${refused.name} though done`,
    reaches: true,
    before: (peer, disarmed) =>
      async function* (question, signal) {
        await collect(peer(question, signal))
        yield* refused.before(peer, disarmed)(question, signal)
      },
  }
}
