import type { BoundaryInput, ServiceBoundaryOptions } from '../../core/boundary.ts'
import type { ProcessIsolation } from '../../core/process-isolation.ts'

/** A Redis server that the team owns. */
export interface RedisBoundaryOptions extends ServiceBoundaryOptions {
  /** What keeps tests apart at a server that was started for them (default `process`). */
  readonly isolation?: ProcessIsolation
}

/** The options of a Redis server as the config holds them. */
export interface RedisBoundaryInput extends RedisBoundaryOptions, BoundaryInput {
  readonly protocol: 'redis'
}

/** Declares a Redis server in `defineConfig`. */
export function redis(options: RedisBoundaryOptions = {}): RedisBoundaryInput {
  return { ...options, protocol: 'redis' }
}
