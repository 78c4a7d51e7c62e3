import type { ProtocolFault } from '../../../core/protocol-fault.ts'

/** What clients call 2013: the connection is lost while the statement runs. It is done, and its answer does not arrive. */
export function lostDuringQuery(): ProtocolFault {
  return { name: 'mysql 2013 lost connection during query', match: {}, disturbance: { do: 'lose' } }
}
