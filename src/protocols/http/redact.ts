import type { Timed } from '../../core/exchange.ts'
import type { Content } from '../../core/protocol.ts'
import type { Redactor } from '../../core/redaction.ts'
import { header, type HeaderList, type HttpQuestion, type HttpReply } from './message.ts'
import { redactBody } from './redact-body.ts'
import { redactData, redactFrames } from './redact-pieces.ts'

/**
 * Replaces the secrets of an exchange in URL, headers, bodies and WebSocket text. Number and times of the messages
 * stay; a body that was compressed is compressed again, and `content-length` follows the body.
 * Returns `content` itself when there was nothing to replace.
 */
export function redactHttp(
  content: Content<HttpQuestion, HttpReply>,
  redactor: Redactor,
): Content<HttpQuestion, HttpReply> {
  const question = redactQuestion(content.question, redactor)
  const messages = redactMessages(content.messages, redactor)
  return question === content.question && messages === content.messages ? content : { question, messages }
}

/** Replaces the secrets of a request only, as is done with each one before it is compared with recordings. */
export function redactQuestion(question: HttpQuestion, redactor: Redactor): HttpQuestion {
  const url = redactor.url(question.url, 'request')
  const headers = redactHeaders(question.headers, redactor, 'request.headers')
  const trailers = redactHeaders(question.trailers, redactor, 'request.trailers')
  const body = question.body.length === 0 ? question.body : redactRequestBody(question, redactor)
  if (
    url === question.url &&
    headers === question.headers &&
    trailers === question.trailers &&
    body === question.body
  ) {
    return question
  }
  return { ...question, url, headers: resize(headers, body.length - question.body.length), body, trailers }
}

function redactRequestBody({ headers, body }: HttpQuestion, redactor: Redactor): Uint8Array {
  const described = { type: header(headers, 'content-type'), encoding: header(headers, 'content-encoding') }
  return redactBody(body, described, redactor, 'request.body')
}

function redactMessages(messages: readonly Timed<HttpReply>[], redactor: Redactor): readonly Timed<HttpReply>[] {
  if (messages.length === 0) return messages
  const data = redactData(messages, redactor)
  const framed = redactFrames(data.messages, redactor)
  let changed: Timed<HttpReply>[] | undefined
  framed.forEach((timed, i) => {
    const message = redactHead(timed.message, redactor, data.growth)
    if (message !== timed.message) (changed ??= framed.slice())[i] = { ...timed, message }
  })
  return changed ?? framed
}

function redactHead(message: HttpReply, redactor: Redactor, growth: number): HttpReply {
  if (message.type !== 'head' && message.type !== 'trailers' && message.type !== 'informational') return message
  const where = message.type === 'trailers' ? 'response.trailers' : 'response.headers'
  const redacted = redactHeaders(message.headers, redactor, where)
  const headers = message.type === 'head' ? resize(redacted, growth) : redacted
  return headers === message.headers ? message : { ...message, headers }
}

function redactHeaders(headers: HeaderList, redactor: Redactor, where: string): HeaderList {
  let changed: (readonly [string, string])[] | undefined
  for (let i = 0; i < headers.length; i++) {
    const [name, value] = headers[i]!
    const redacted = redactor.header(name, value, where)
    if (redacted !== value) (changed ??= headers.slice())[i] = [name, redacted]
  }
  return changed ?? headers
}

/** Moves `content-length` by as many bytes as the body grew: a body that broke off is then still short by as much. */
function resize(headers: HeaderList, growth: number): HeaderList {
  if (growth === 0) return headers
  return headers.map(([name, value]) => {
    const isLength = name.toLowerCase() === 'content-length' && /^\s*\d+\s*$/.test(value)
    return isLength ? ([name, String(Math.max(0, Number(value) + growth))] as const) : ([name, value] as const)
  })
}
