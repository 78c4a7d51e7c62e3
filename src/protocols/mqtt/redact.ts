import type { Timed } from '../../core/exchange.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Content } from '../../core/protocol.ts'
import { redactBytes } from '../../core/redaction/bytes.ts'
import type { Redactor } from '../../core/redaction.ts'
import type { MqttQuestion, MqttReply } from './message.ts'

/** What a message is made of, whoever sends it. */
interface Payload {
  readonly topic: string
  readonly properties: JsonObject
  readonly body: Uint8Array
  readonly size: number
}

/** Replaces the password of CONNECT, and secrets in topics, properties and bodies. */
export function redactMqtt(
  content: Content<MqttQuestion, MqttReply>,
  redactor: Redactor,
): Content<MqttQuestion, MqttReply> {
  const question = redactQuestion(content.question, redactor)
  let changed: Timed<MqttReply>[] | undefined
  for (const [i, timed] of content.messages.entries()) {
    const message = redactReply(timed.message, redactor)
    if (message !== timed.message) (changed ??= content.messages.slice())[i] = { ...timed, message }
  }
  if (question === content.question && !changed) return content
  return { question, messages: changed ?? content.messages }
}

function redactQuestion(question: MqttQuestion, redactor: Redactor): MqttQuestion {
  const safe = redactPayload(question, redactor, 'message')
  if (!question.options) return safe
  const options = redactor.json(question.options, 'connect') as JsonObject
  return options === question.options ? safe : { ...safe, options }
}

function redactReply(reply: MqttReply, redactor: Redactor): MqttReply {
  if (reply.type === 'message') return redactPayload(reply, redactor, 'delivery')
  if (reply.type !== 'failure') return reply
  const message = redactor.text(reply.message, 'failure')
  return message === reply.message ? reply : { ...reply, message }
}

function redactPayload<T extends Payload>(payload: T, redactor: Redactor, where: string): T {
  const topic = redactor.text(payload.topic, `${where}.topic`)
  const properties = redactProperties(payload.properties, redactor, `${where}.properties`)
  const body = redactBytes(payload.body, redactor, `${where}.body`)
  if (topic === payload.topic && properties === payload.properties && body === payload.body) return payload
  return { ...payload, topic, properties, body, size: payload.size - payload.body.length + body.length }
}

/** User properties are pairs of a name and a value, and their names tell what is a credential. */
function redactProperties(properties: JsonObject, redactor: Redactor, where: string): JsonObject {
  const safe = redactor.json(properties, where) as JsonObject
  const { userProperties: pairs } = safe
  if (!Array.isArray(pairs)) return safe
  const named = pairs.map((pair: readonly [string, string]) => {
    const [name, value] = pair
    const after = (redactor.json({ [name]: value }, where) as JsonObject)[name]
    return after === value ? pair : [name, after]
  })
  return named.every((pair, i) => pair === pairs[i]) ? safe : ({ ...safe, userProperties: named } as JsonObject)
}
