import { nodeHttp } from '../node-http.ts'
import { type HttpFault, type HttpFaultMatch, wholeAnswer } from './http-fault.ts'

/** What else a redirect says. */
export interface RedirectOptions extends HttpFaultMatch {
  /** Default 302. */
  readonly status?: 301 | 302 | 303 | 307 | 308
  /** Default: an address of this machine where nobody listens. */
  readonly location?: string
}

/** Above the ports that systems hand out, and not among those that `fetch` refuses to ask. */
const nobody = 'http://127.0.0.1:65529/moved'

/** The service does nothing, and sends whoever asks elsewhere. */
export function redirect({ status = 302, location = nobody, ...match }: RedirectOptions = {}): HttpFault {
  return {
    name: `redirect ${status}`,
    match,
    reaches: false,
    before: () =>
      async function* (question) {
        yield* wholeAnswer(question, status, nodeHttp.STATUS_CODES[status] ?? '', { headers: [['location', location]] })
      },
  }
}
