import type { Content } from '../../core/protocol.ts'
import type { MqttQuestion, MqttReply } from '../../protocols/mqtt/message.ts'
import type { DeliveryFacts, Facts, PublishFacts } from '../moment.ts'
import { beginningOf } from './beginning-of.ts'

/** What a question to an MQTT broker was and what became of it. */
export function mqttFacts({ question, messages }: Content<MqttQuestion, MqttReply>): Facts {
  const { kind, clientId, topic, filters, qos, body } = question
  const session = String(question.session)
  const found: { error?: Facts['error']; failure?: Facts['failure'] } = {}
  const delivered: DeliveryFacts[] = []
  const acknowledged: string[] = []
  let confirmed = false
  for (const { ms, from, message } of messages) {
    if (message.type === 'failure') {
      found.failure = message.failure
      found.error ??= { code: '', message: message.message }
    } else if (message.type === 'message') {
      // Packets say what they acknowledge by numbers that are used again; their order tells as much.
      const sequence = delivered.filter(({ key }) => key !== undefined).length
      const key = message.qos > 0 ? `${session} ${filters.join(' ')} ${sequence}` : undefined
      const about = { channel: message.topic, ms, body: beginningOf(message.body), again: message.duplicate }
      delivered.push({ ...about, key, consumer: clientId, sequence })
    } else if (message.type === 'ack') {
      if (from === 'client' && (message.packet === 'PUBACK' || message.packet === 'PUBCOMP'))
        acknowledged.push(`${session} ${filters.join(' ')} ${acknowledged.length}`)
      if (from === 'service') {
        found.error ??= refusal(message)
        confirmed ||= found.error === undefined && (message.packet === 'PUBACK' || message.packet === 'PUBCOMP')
      }
    } else if (message.type === 'disconnect' && message.reason >= 0x80)
      found.error ??= { code: hex(message.reason), message: message.text ?? 'disconnected by the broker' }
  }
  const published: PublishFacts = {
    channel: topic,
    body: beginningOf(body),
    confirmed: qos === 0 ? undefined : confirmed,
  }
  return {
    session,
    ...(kind === 'connect' && { connect: true as const }),
    ...(kind === 'publish' && { published }),
    ...(kind === 'subscribe' && { subscribed: filters.join(' ') }),
    ...(delivered.length > 0 && { delivered }),
    ...(acknowledged.length > 0 && { acknowledged }),
    ...found,
  }
}

function refusal({ packet, reasons, text }: MqttReply & { type: 'ack' }): Facts['error'] {
  const bad = reasons.find((reason) => (packet === 'CONNACK' ? reason !== 0 : reason >= 0x80))
  return bad === undefined ? undefined : { code: hex(bad), message: text ?? `${packet} ${hex(bad)}` }
}

function hex(reason: number): string {
  return `0x${reason.toString(16).padStart(2, '0')}`
}
