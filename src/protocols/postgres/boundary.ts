import type { BoundaryInput, ServiceBoundaryOptions } from '../../core/boundary.ts'

/** A PostgreSQL database that the team owns. */
export interface PostgresBoundaryOptions extends ServiceBoundaryOptions {}

/** The options of a PostgreSQL database as the config holds them. */
export interface PostgresBoundaryInput extends PostgresBoundaryOptions, BoundaryInput {
  readonly protocol: 'postgres'
}

/** Declares a PostgreSQL database in `defineConfig`. */
export function postgres(options: PostgresBoundaryOptions = {}): PostgresBoundaryInput {
  return { ...options, protocol: 'postgres' }
}
