import { refusalText } from '../../core/refusal-text.ts'
import type { AckName, MqttQuestion, MqttReply } from './message.ts'

const answers: Readonly<Record<MqttQuestion['kind'], AckName>> = {
  connect: 'CONNACK',
  publish: 'PUBACK',
  subscribe: 'SUBACK',
  unsubscribe: 'UNSUBACK',
}
/** "Implementation specific error" of MQTT 5; of a SUBACK before it, the one way to say no is 0x80. */
const specific = 0x83
const longest = 60_000

/** How MQTT would say what `error` says. Before version 5 there is no place for why. */
export function refusal({ kind, qos, version, filters }: MqttQuestion, error: Error): MqttReply & { type: 'ack' } {
  const packet = kind === 'publish' && qos === 2 ? 'PUBREC' : answers[kind]
  const reason = version === 5 ? specific : 0x80
  const reasons = kind === 'subscribe' || kind === 'unsubscribe' ? filters.map(() => reason) : [reason]
  return { type: 'ack', packet, reasons, text: refusalText(error).slice(0, longest) }
}
