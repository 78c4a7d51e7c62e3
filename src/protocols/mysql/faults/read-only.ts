import type { ProtocolFault } from '../../../core/protocol-fault.ts'
import { refusal } from '../refusal.ts'

/** 1290: the server has become a replica; it can be read, and not written. */
export function readOnly(): ProtocolFault {
  return { name: 'mysql 1290 read only', match: { effect: true }, disturbance: refusal(1290) }
}
