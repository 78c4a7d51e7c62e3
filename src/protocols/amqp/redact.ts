import type { Timed } from '../../core/exchange.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Content } from '../../core/protocol.ts'
import { redactBytes } from '../../core/redaction/bytes.ts'
import type { Redactor } from '../../core/redaction.ts'
import type { AmqpQuestion, AmqpReply } from './message.ts'

/** Replaces secrets in arguments, properties, headers and bodies. Passwords of the handshake are never taken down. */
export function redactAmqp(
  content: Content<AmqpQuestion, AmqpReply>,
  redactor: Redactor,
): Content<AmqpQuestion, AmqpReply> {
  const question = redactQuestion(content.question, redactor)
  let changed: Timed<AmqpReply>[] | undefined
  for (const [i, timed] of content.messages.entries()) {
    const message = redactReply(timed.message, redactor)
    if (message !== timed.message) (changed ??= content.messages.slice())[i] = { ...timed, message }
  }
  if (question === content.question && !changed) return content
  return { question, messages: changed ?? content.messages }
}

function redactQuestion(question: AmqpQuestion, redactor: Redactor): AmqpQuestion {
  const fields = redactor.json(question.fields, question.kind) as JsonObject
  const safe = question.properties
    ? redactPayload({ ...question, properties: question.properties }, redactor)
    : undefined
  const same =
    fields === question.fields && (!safe || (safe.properties === question.properties && safe.body === question.body))
  return same ? question : { ...question, ...safe, fields }
}

function redactReply(reply: AmqpReply, redactor: Redactor): AmqpReply {
  switch (reply.type) {
    case 'message':
      return redactPayload(reply, redactor)
    case 'ok': {
      const fields = redactor.json(reply.fields, 'answer') as JsonObject
      return fields === reply.fields ? reply : { ...reply, fields }
    }
    case 'closed':
    case 'return': {
      const text = redactor.text(reply.text, 'error')
      return text === reply.text ? reply : { ...reply, text }
    }
    case 'failure': {
      const message = redactor.text(reply.message, 'error')
      return message === reply.message ? reply : { ...reply, message }
    }
    default:
      return reply
  }
}

function redactPayload<T extends { readonly properties: JsonObject; readonly body: Uint8Array; readonly size: number }>(
  payload: T,
  redactor: Redactor,
): T {
  const body = redactBytes(payload.body, redactor, 'message.body')
  const properties = redactProperties(payload.properties, redactor)
  if (body === payload.body && properties === payload.properties) return payload
  return { ...payload, properties, body, size: payload.size - payload.body.length + body.length }
}

/** Headers go by the rules for headers where they are text, and as JSON otherwise. */
function redactProperties(properties: JsonObject, redactor: Redactor): JsonObject {
  const safe = redactor.json(properties, 'message.properties') as JsonObject
  const headers = safe['headers'] as JsonObject | undefined
  if (!headers) return safe
  let changed = false
  const entries = Object.entries(headers).map(([name, value]) => {
    const after = typeof value === 'string' ? redactor.header(name, value, 'message.headers') : value
    changed ||= after !== value
    return [name, after] as const
  })
  return changed ? { ...safe, headers: Object.fromEntries(entries) } : safe
}
