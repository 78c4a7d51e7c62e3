import type { ProtocolFault } from '../../../core/protocol-fault.ts'
import { refusal } from '../refusal.ts'

/** 1213: the server has chosen this transaction as the victim of a deadlock, and has rolled all of it back. */
export function deadlock(): ProtocolFault {
  return { name: 'mysql 1213 deadlock', match: {}, disturbance: refusal(1213) }
}
