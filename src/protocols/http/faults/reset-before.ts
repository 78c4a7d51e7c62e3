import { type HttpFault, type HttpFaultMatch, lostConnection } from './http-fault.ts'

/** The connection is lost before the service has seen the request. */
export function resetBefore(match: HttpFaultMatch = {}): HttpFault {
  return {
    name: 'reset before',
    match,
    reaches: false,
    before: () =>
      async function* () {
        yield lostConnection()
      },
  }
}
