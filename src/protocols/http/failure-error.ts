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

// What OpenSSL says of a certificate, and what node makes of it; all other messages hold their code.
const certificateCodes: readonly (readonly [RegExp, string])[] = [
  [/^self-signed certificate in certificate chain/, 'SELF_SIGNED_CERT_IN_CHAIN'],
  [/^self-signed certificate/, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  [/^unable to verify the first certificate/, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  [/^unable to get local issuer certificate/, 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
  [/^certificate has expired/, 'CERT_HAS_EXPIRED'],
  [/^certificate is not yet valid/, 'CERT_NOT_YET_VALID'],
]

function codeIn(message: string): string | undefined {
  return (
    /\bE(?:CONN[A-Z]+|NOTFOUND|AI_[A-Z]+|HOST[A-Z]+|NET[A-Z]+|ADDR[A-Z]+|TIMEDOUT|PIPE|PROTO)\b/.exec(message)?.[0] ??
    certificateCodes.find(([pattern]) => pattern.test(message))?.[1]
  )
}

/** The error, with node's code, that a client in this process would have met. */
export function connectionError(reply: Extract<HttpReply, { type: 'failure' }>): Error {
  const { failure, message } = reply
  return Object.assign(new Error(message || failure), { code: codeIn(message) ?? codes[failure] })
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
