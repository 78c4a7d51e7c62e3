import type { ProtocolFault } from '../protocol-fault.ts'

/** How long a message waits to be overtaken. */
export interface ReorderOptions {
  /** When no other comes, it arrives after so many milliseconds (default 1000). */
  readonly ms?: number
}

/** A message that changes places with the next one of its subject or topic. */
export function reorder({ ms = 1000 }: ReorderOptions = {}): ProtocolFault {
  return { name: 'reordered message', match: {}, disturbance: { do: 'reorder', ms } }
}
