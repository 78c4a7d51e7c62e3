import type { ProtocolFault } from '../../../core/protocol-fault.ts'

/** How long and why a broker takes nothing. */
export interface BlockedOptions {
  /** Milliseconds (default 1000). */
  readonly ms?: number
  /** Default `low on memory`. */
  readonly reason?: string
}

/**
 * A broker that is short of memory or disk: it says `connection.blocked`, takes nothing more from the connection that
 * publishes, and goes on later.
 */
export function blocked({ ms = 1000, reason = 'low on memory' }: BlockedOptions = {}): ProtocolFault {
  return { name: 'connection blocked', match: { operation: /^PUBLISH / }, disturbance: { do: 'block', ms, reason } }
}
