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

/**
 * What node's `fetch` rejects with: a `TypeError` whose cause says what happened on the wire.
 *
 * @param answering - Whether the head of the answer had come.
 */
export function failureError(reply: Extract<HttpReply, { type: 'failure' }>, url: string, answering: boolean): Error {
  return new TypeError(answering ? 'terminated' : 'fetch failed', { cause: Object.assign(causeOf(reply), { url }) })
}

// Undici tells a goodbye from a reset, and names its own errors.
function causeOf(reply: Extract<HttpReply, { type: 'failure' }>): Error {
  const { failure, message } = reply
  const lost = failure === 'reset' || failure === 'truncated'
  if (lost && !message.includes('ECONNRESET')) {
    return Object.assign(new Error('other side closed'), { name: 'SocketError', code: 'UND_ERR_SOCKET' })
  }
  const error = connectionError(reply)
  if (failure === 'malformed') error.name = 'HTTPParserError'
  return error
}
