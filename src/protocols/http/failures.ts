import { anyText } from '../../core/any-value.ts'
import type { HttpFailure, HttpReply } from './message.ts'
import { wordTable } from '../../core/word-table.ts'

/** The reply that says how an answer failed. */
export type FailureReply = Extract<HttpReply, { type: 'failure' }>

const byCode: Readonly<Record<string, HttpFailure>> = wordTable({
  ENOTFOUND: 'unresolved',
  EAI_AGAIN: 'unresolved',
  EAI_FAIL: 'unresolved',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'refused',
  ENETUNREACH: 'refused',
  EADDRNOTAVAIL: 'refused',
  ERR_PROXY_TUNNEL: 'refused',
  ETIMEDOUT: 'timeout',
  EPROTO: 'tls',
})

// OpenSSL's names for what can be wrong with a certificate, which node uses as error codes.
const certificate = /CERT|^ERR_(?:TLS|SSL)|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH/
const notHttp = /^HPE_|^ERR_HTTP2_ERROR$/
const notHttp2 = /NGHTTP2_(?:PROTOCOL|FRAME_SIZE|COMPRESSION|FLOW_CONTROL)_ERROR/

/**
 * Says what an error of a connection means for the answer.
 *
 * @param answering - Whether the head of the answer had come: a connection lost then cut the answer short.
 */
export function failureOf(error: unknown, answering: boolean): FailureReply {
  const { code = '', message } = nodeError(error)
  return { type: 'failure', failure: kindOf(code, message, answering), message }
}

function kindOf(code: string, message: string, answering: boolean): HttpFailure {
  if (notHttp.test(code) || (code.startsWith('ERR_HTTP2') && notHttp2.test(message))) return 'malformed'
  if (!answering && certificate.test(code)) return 'tls'
  const known = byCode[code]
  if (known) return known
  return answering ? 'truncated' : 'reset'
}

/** The service did not send its next byte within `timeoutMs`. */
export function timeoutFailure(timeoutMs: number): FailureReply {
  return { type: 'failure', failure: 'timeout', message: `no byte from the service for ${timeoutMs} ms` }
}

function nodeError(error: unknown): { code?: string; message: string } {
  if (error instanceof AggregateError && error.errors.length > 0) return nodeError(error.errors[0])
  if (!(error instanceof Error)) return { message: anyText(error) }
  const { code } = error as NodeJS.ErrnoException
  return { ...(typeof code === 'string' && { code }), message: error.message || code || error.name }
}
