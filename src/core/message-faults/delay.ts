import type { ProtocolFault } from '../protocol-fault.ts'

/** How late a message is. */
export interface DelayOptions {
  /** Milliseconds (default 1000). */
  readonly ms?: number
}

/** A message that is late, so that others overtake it. */
export function delay({ ms = 1000 }: DelayOptions = {}): ProtocolFault {
  return { name: 'delayed message', match: {}, disturbance: { do: 'delay', ms } }
}
