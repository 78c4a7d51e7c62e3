import type { ProtocolFault } from '../../../core/protocol-fault.ts'

/** Where a cluster says that a key is. */
export interface MovedOptions {
  /** 0 to 16383 (default 0). */
  readonly slot?: number
  /** Host and port of the node that has it (default `127.0.0.1:6379`). */
  readonly address?: string
}

/** A cluster whose slots have moved to another node. */
export function moved({ slot = 0, address = '127.0.0.1:6379' }: MovedOptions = {}): ProtocolFault {
  return {
    name: 'redis MOVED',
    match: {},
    disturbance: { do: 'refuse', error: { code: 'MOVED', message: `${slot} ${address}` } },
  }
}
