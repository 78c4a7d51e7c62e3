import type { ProtocolFault } from '../../../core/protocol-fault.ts'
import { refusal } from '../refusal.ts'

/** 1205: another transaction holds the row for too long. The statement is undone, and the transaction goes on. */
export function lockWaitTimeout(): ProtocolFault {
  return { name: 'mysql 1205 lock wait timeout', match: {}, disturbance: refusal(1205) }
}
