import type { BoundaryInput, ServiceBoundaryOptions } from '../../core/boundary.ts'

/** A Redis server that the team owns. */
export interface RedisBoundaryOptions extends ServiceBoundaryOptions {}

/** The options of a Redis server as the config holds them. */
export interface RedisBoundaryInput extends RedisBoundaryOptions, BoundaryInput {
  readonly protocol: 'redis'
}

/** Declares a Redis server in `defineConfig`. */
export function redis(options: RedisBoundaryOptions = {}): RedisBoundaryInput {
  return { ...options, protocol: 'redis' }
}
