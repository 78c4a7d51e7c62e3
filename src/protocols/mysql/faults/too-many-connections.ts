import type { ProtocolFault } from '../../../core/protocol-fault.ts'
import { refusal } from '../refusal.ts'

/** 1040: all connections are taken, so a new one is refused before it can log in. */
export function tooManyConnections(): ProtocolFault {
  return {
    name: 'mysql 1040 too many connections',
    match: { operation: 'CONNECT' },
    disturbance: refusal(1040),
  }
}
