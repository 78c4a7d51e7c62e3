import type { ProtocolFault } from '../../../core/protocol-fault.ts'

/** How late a confirm comes. */
export interface ConfirmSlowOptions {
  /** Milliseconds (default 2000). */
  readonly ms?: number
}

/** The broker takes the message, and is slow to say so; the connection stays. */
export function confirmSlow({ ms = 2000 }: ConfirmSlowOptions = {}): ProtocolFault {
  return {
    name: `confirm slow ${ms} ms`,
    match: { operation: /^PUBLISH / },
    disturbance: { do: 'lose', quietly: true, late: true, ms },
  }
}
