import type { Outcome } from '../../core/protocol.ts'
import type { MqttQuestion, MqttReply } from './message.ts'

/** `PUBLISH sensors/7/temp, QoS 1, 4 B`. */
export function summarizeQuestion({ kind, clientId, topic, filters, qos, size }: MqttQuestion): string {
  if (kind === 'publish') return `PUBLISH ${topic}, QoS ${qos}, ${size} B`
  return `${kind.toUpperCase()} ${kind === 'connect' ? clientId : filters.join(' ')}`.trim()
}

/** `2 messages`, `acknowledged`, `sent`, the reason of a refusal, or the failure of the connection. */
export function outcomeOf(messages: readonly MqttReply[]): Outcome {
  let delivered = 0
  let acknowledged = false
  let refused: string | undefined
  for (const message of messages) {
    if (message.type === 'failure') return { summary: message.failure, ok: false, failure: message.failure }
    if (message.type === 'message') delivered++
    if (message.type === 'disconnect' && message.reason >= 0x80)
      refused = refusal('disconnected', message.reason, message.text)
    if (message.type !== 'ack') continue
    acknowledged = true
    const bad = message.reasons.find((reason) => (message.packet === 'CONNACK' ? reason !== 0 : reason >= 0x80))
    if (bad !== undefined) refused = refusal(message.packet, bad, message.text)
  }
  const parts = [refused, delivered > 0 && `${delivered} ${delivered === 1 ? 'message' : 'messages'}`]
  const summary = parts.filter(Boolean).join(', ') || (acknowledged ? 'acknowledged' : 'sent')
  return { summary, ok: refused === undefined }
}

function refusal(packet: string, reason: number, text?: string): string {
  return `${packet} 0x${reason.toString(16).padStart(2, '0')}${text ? ` ${text}` : ''}`
}
