import type { ProtocolFault } from '../../../core/protocol-fault.ts'
import { replyText } from '../reply-codes.ts'

/** A broker that shuts down while a message is being worked on: it delivers it, and closes the connection behind it. */
export function shutdown(): ProtocolFault {
  const error = { code: '320', message: replyText(320) }
  return { name: 'shutdown', match: { operation: /^DELIVER / }, disturbance: { do: 'end', error } }
}
