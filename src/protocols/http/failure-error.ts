import type { HttpFailure, HttpReply } from './message.ts'

const codes: Readonly<Record<HttpFailure, string>> = {
  unresolved: 'ENOTFOUND',
  refused: 'ECONNREFUSED',
  tls: 'ERR_TLS_CERT_ALTNAME_INVALID',
  reset: 'ECONNRESET',
  timeout: 'ETIMEDOUT',
  truncated: 'ECONNRESET',
  malformed: 'HPE_INVALID_CONSTANT',
}

/** The error, with node's code, that a client in this process would have met. */
export function connectionError(reply: Extract<HttpReply, { type: 'failure' }>): Error {
  return Object.assign(new Error(reply.message || reply.failure), { code: codes[reply.failure] })
}

/** What `fetch` rejects with: a `TypeError` whose cause says what happened on the wire. */
export function failureError(reply: Extract<HttpReply, { type: 'failure' }>, url: string): Error {
  const cause = Object.assign(connectionError(reply), { url })
  return new TypeError(reply.failure === 'truncated' ? 'terminated' : 'fetch failed', { cause })
}
