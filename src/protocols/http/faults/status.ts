import { nodeHttp } from '../node-http.ts'
import { type HttpFault, type HttpFaultMatch, wholeAnswer } from './http-fault.ts'

/** What else an answer that says no has. */
export interface StatusOptions extends HttpFaultMatch {
  /** Value of the header `retry-after`: seconds, or a date. */
  readonly retryAfter?: string | number
  /** Default: a JSON object that names the error. */
  readonly body?: string
}

/** The service does nothing, and answers with this status. */
export function status(code: number, { retryAfter, body, ...match }: StatusOptions = {}): HttpFault {
  const reason = nodeHttp.STATUS_CODES[code] ?? ''
  const always = match.times === Number.POSITIVE_INFINITY
  return {
    name: [String(code), retryAfter !== undefined && `retry-after ${retryAfter}`, always && 'always']
      .filter(Boolean)
      .join(' '),
    match,
    reaches: false,
    before: () =>
      async function* (question) {
        yield* wholeAnswer(question, code, reason, {
          headers: [
            ['content-type', 'application/json'],
            ...(retryAfter === undefined ? [] : [['retry-after', String(retryAfter)] as const]),
          ],
          body: body ?? JSON.stringify({ error: { code, message: reason } }),
        })
      },
  }
}
