import { type HttpFault, type HttpFaultMatch } from './http-fault.ts'

const says = { refused: 'connect ECONNREFUSED', timeout: 'connect ETIMEDOUT' } as const

/** The service cannot be reached: it refuses connections, or none comes about. Clients in this process are told at once. */
export function noConnection(failure: 'refused' | 'timeout' = 'refused', match: HttpFaultMatch = {}): HttpFault {
  return {
    name: failure === 'refused' ? 'connection refused' : 'connect timeout',
    match,
    reaches: false,
    before: () =>
      async function* () {
        yield { type: 'failure', failure, message: says[failure] }
      },
  }
}
