import type { ProtocolFault } from '../../../core/protocol-fault.ts'
import { replyText } from '../reply-codes.ts'

/** A message that no queue wants: it comes back with 312, and is confirmed where confirms were asked for. */
export function returned(): ProtocolFault {
  return {
    name: 'publish returned 312',
    match: { operation: /^PUBLISH / },
    disturbance: { do: 'refuse', error: { code: 'RETURN', message: replyText(312) } },
  }
}
