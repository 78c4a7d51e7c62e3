import type { ProtocolFault } from '../../../core/protocol-fault.ts'

/** What clients call 2006: the connection is lost before the statement reaches the server. */
export function goneAway(): ProtocolFault {
  return { name: 'mysql 2006 server has gone away', match: {}, disturbance: { do: 'cut' } }
}
