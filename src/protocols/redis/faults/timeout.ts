import type { ProtocolFault } from '../../../core/protocol-fault.ts'

/** How long a command hangs. */
export interface TimeoutOptions {
  /** Milliseconds (default 60 000): longer than clients wait. */
  readonly ms?: number
}

/** A server that is busy: the command reaches it later, or never when the client has left by then. */
export function timeout({ ms = 60_000 }: TimeoutOptions = {}): ProtocolFault {
  return { name: 'redis timeout', match: {}, disturbance: { do: 'delay', ms } }
}
