import type { ProtocolFault } from '../../../core/protocol-fault.ts'

/** The broker takes the message, and its confirm never comes; the connection stays. */
export function confirmLost(): ProtocolFault {
  return {
    name: 'confirm lost',
    match: { operation: /^PUBLISH / },
    disturbance: { do: 'lose', quietly: true },
  }
}
