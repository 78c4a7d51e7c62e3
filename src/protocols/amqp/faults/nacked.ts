import type { ProtocolFault } from '../../../core/protocol-fault.ts'

/** A broker that could not take a message, and says so to whoever has asked for confirms; to others it says nothing. */
export function nacked(): ProtocolFault {
  return {
    name: 'publish nacked',
    match: { operation: /^PUBLISH / },
    disturbance: { do: 'refuse', error: { code: 'NACK', message: 'not taken' } },
  }
}
