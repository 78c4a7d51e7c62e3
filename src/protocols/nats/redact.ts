import type { Timed } from '../../core/exchange.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Content } from '../../core/protocol.ts'
import { redactBytes } from '../../core/redaction/bytes.ts'
import type { Redactor } from '../../core/redaction.ts'
import type { NatsQuestion, NatsReply } from './message.ts'

const credentials: ReadonlySet<string> = new Set(['pass', 'auth_token', 'jwt', 'sig', 'nkey'])

/** Replaces the credentials of CONNECT, and secrets in headers and bodies. */
export function redactNats(
  content: Content<NatsQuestion, NatsReply>,
  redactor: Redactor,
): Content<NatsQuestion, NatsReply> {
  const question = redactQuestion(content.question, redactor)
  let changed: Timed<NatsReply>[] | undefined
  for (const [i, timed] of content.messages.entries()) {
    const message = redactReply(timed.message, redactor)
    if (message !== timed.message) (changed ??= content.messages.slice())[i] = { ...timed, message }
  }
  if (question === content.question && !changed) return content
  return { question, messages: changed ?? content.messages }
}

function redactQuestion(question: NatsQuestion, redactor: Redactor): NatsQuestion {
  const safe = redactPayload(question, redactor, 'message')
  if (!question.options) return safe
  const options = redactOptions(question.options, redactor)
  return options === question.options ? safe : { ...safe, options }
}

function redactOptions(options: JsonObject, redactor: Redactor): JsonObject {
  let changed = false
  const safe = Object.entries(options).map(([name, value]) => {
    const field = credentials.has(name) && typeof value === 'string' ? 'password' : name
    const after = (redactor.json({ [field]: value }, 'connect') as JsonObject)[field]
    changed ||= after !== value
    return [name, after] as const
  })
  return changed ? Object.fromEntries(safe) : options
}

function redactReply(reply: NatsReply, redactor: Redactor): NatsReply {
  if (reply.type === 'message') return redactPayload(reply, redactor, 'delivery')
  if (reply.type !== 'error' && reply.type !== 'failure') return reply
  const message = redactor.text(reply.message, 'error')
  return message === reply.message ? reply : { ...reply, message }
}

function redactPayload<T extends { readonly headers: string; readonly body: Uint8Array; readonly size: number }>(
  payload: T,
  redactor: Redactor,
  where: string,
): T {
  const body = redactBytes(payload.body, redactor, `${where}.body`)
  const headers = payload.headers
    .split('\r\n')
    .map((line) => {
      const [, name, space, value] = /^([^:]+):(\s*)(.*)$/.exec(line) ?? []
      return name === undefined || value === undefined
        ? line
        : `${name}:${space}${redactor.header(name, value, `${where}.headers`)}`
    })
    .join('\r\n')
  if (body === payload.body && headers === payload.headers) return payload
  return { ...payload, headers, body, size: payload.size - payload.body.length + body.length }
}
