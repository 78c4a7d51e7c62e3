import type { BoundaryInput, ServiceBoundaryOptions } from '../../core/boundary.ts'
import type { MigrationCommand, Seed } from '../sql/test-database.ts'
import type { PostgresIsolation, ToleratedPitfall, VolumeOfTable } from './test-database.ts'

/** A PostgreSQL database that the team owns. */
export interface PostgresBoundaryOptions extends ServiceBoundaryOptions {
  /** What keeps the tests of one worker apart (default `swap`). */
  readonly isolation?: PostgresIsolation
  /** With `pin`: what is known to be other than in production, and accepted. */
  readonly pinTolerates?: readonly ToleratedPitfall[]
  /** A folder of `.sql` files, run in the order of their names; or a command. Left out: the database as it is. */
  readonly migrations?: string | MigrationCommand
  /** What every test finds beside the schema. */
  readonly seed?: Seed
  /** How many rows tables have in production, to see which plans change there: `{ orders: 100_000 }`. */
  readonly volume?: Readonly<Record<string, VolumeOfTable>>
  /** How long a connection that is busy when its test ends may take to finish, milliseconds (default 200). */
  readonly graceMs?: number
}

/** The options of a PostgreSQL database as the config holds them. */
export interface PostgresBoundaryInput extends PostgresBoundaryOptions, BoundaryInput {
  readonly protocol: 'postgres'
}

/** Declares a PostgreSQL database in `defineConfig`. */
export function postgres(options: PostgresBoundaryOptions = {}): PostgresBoundaryInput {
  return { ...options, protocol: 'postgres' }
}
