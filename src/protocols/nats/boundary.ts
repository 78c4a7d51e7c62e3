import type { BoundaryInput, ServiceBoundaryOptions } from '../../core/boundary.ts'
import type { ProcessIsolation } from '../../core/process-isolation.ts'

/** A NATS server, with JetStream that the team owns. */
export interface NatsBoundaryOptions extends ServiceBoundaryOptions {
  /** What keeps tests apart at a server that was started for them (default `process`). */
  readonly isolation?: ProcessIsolation
}

/** The options of a NATS server as the config holds them. */
export interface NatsBoundaryInput extends NatsBoundaryOptions, BoundaryInput {
  readonly protocol: 'nats'
}

/** Declares a NATS server, with JetStream in `defineConfig`. */
export function nats(options: NatsBoundaryOptions = {}): NatsBoundaryInput {
  return { ...options, protocol: 'nats' }
}
