import { nodeHttp } from '../node-http.ts'
import { type HttpFault, type HttpFaultMatch, wholeAnswer } from './http-fault.ts'

/** What else an answer that says no has. */
export interface StatusOptions extends HttpFaultMatch {
  /** Value of the header `retry-after`: seconds, or a date; a function gives it when it is asked. */
  readonly retryAfter?: string | number | (() => string)
  /** Default: a JSON object that names the error. */
  readonly body?: string
}

/** The service does nothing, and answers with this status. */
export function status(code: number, { retryAfter, body, ...match }: StatusOptions = {}): HttpFault {
  const reason = nodeHttp.STATUS_CODES[code] ?? ''
  const wait = typeof retryAfter === 'function' ? 'date' : (retryAfter ?? '')
  const always = match.times === Number.POSITIVE_INFINITY
  return {
    name: [String(code), wait !== '' && `retry-after ${wait}`, always && 'always'].filter(Boolean).join(' '),
    match,
    reaches: false,
    before: () =>
      async function* (question) {
        yield* wholeAnswer(question, code, reason, {
          headers: [
            ['content-type', 'application/json'],
            ...(retryAfter === undefined
              ? []
              : [['retry-after', typeof retryAfter === 'function' ? retryAfter() : String(retryAfter)] as const]),
          ],
          body: body ?? JSON.stringify({ error: { code, message: reason } }),
        })
      },
  }
}
