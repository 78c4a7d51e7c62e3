import type { Disturbance } from './fault.ts'

/** A fault that a protocol knows by name. Whoever arms it narrows down what it strikes. */
export interface ProtocolFault {
  /** Shown in reports: `redis LOADING`. */
  readonly name: string
  /** What it can strike at all. */
  readonly match: { readonly effect?: boolean; readonly operation?: string | RegExp }
  readonly disturbance: Disturbance
}
