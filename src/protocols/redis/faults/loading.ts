import type { ProtocolFault } from '../../../core/protocol-fault.ts'

/** A server that has just started and still reads its data from disk; it answers nothing else. */
export function loading(): ProtocolFault {
  return {
    name: 'redis LOADING',
    match: {},
    disturbance: {
      do: 'refuse',
      error: { code: 'LOADING', message: 'Redis is loading the dataset in memory' },
    },
  }
}
