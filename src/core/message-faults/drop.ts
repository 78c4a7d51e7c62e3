import type { ProtocolFault } from '../protocol-fault.ts'

/** A message that does not arrive; whoever sent it is none the wiser. */
export function drop(): ProtocolFault {
  return { name: 'dropped message', match: {}, disturbance: { do: 'drop' } }
}
