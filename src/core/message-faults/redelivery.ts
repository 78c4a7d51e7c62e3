import type { ProtocolFault } from '../protocol-fault.ts'

/**
 * The consumer has done its work and acknowledges, and the broker does not hear of it: the message is delivered again,
 * marked as such. It is what a crash between the work and its acknowledgement leads to, without the crash. RabbitMQ and
 * JetStream deliver again on a connection that stays.
 */
export function redelivery(): ProtocolFault {
  return { name: 'redelivery', match: { operation: /^ACK / }, disturbance: { do: 'redeliver' } }
}
