import type { ProtocolFault } from '../protocol-fault.ts'

/** A message that arrives twice, as brokers may do that promise it at least once. */
export function duplicate(): ProtocolFault {
  return { name: 'duplicate message', match: {}, disturbance: { do: 'duplicate' } }
}
