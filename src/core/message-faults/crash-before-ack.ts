import type { ProtocolFault } from '../protocol-fault.ts'

/**
 * The connection is lost when the consumer acknowledges: its work is done, and the message goes to the next one, with
 * MQTT to the same one where the broker keeps its session.
 */
export function crashBeforeAck(): ProtocolFault {
  return { name: 'crash before ack', match: { operation: /^ACK / }, disturbance: { do: 'cut' } }
}
