import type { BoundaryInput, ServiceBoundaryOptions } from '../../core/boundary.ts'
import type { MigrationCommand, Seed } from '../sql/test-database.ts'
import type { MysqlIsolation } from './test-database.ts'

/** A MariaDB or MySQL database that the team owns. */
export interface MysqlBoundaryOptions extends ServiceBoundaryOptions {
  /** What keeps the tests of one worker apart (default `schema`). */
  readonly isolation?: MysqlIsolation
  /** A folder of `.sql` files, run in the order of their names; or a command. Left out: the schema as it is. */
  readonly migrations?: string | MigrationCommand
  /** What every test finds beside the tables. */
  readonly seed?: Seed
  /** How long a connection that is busy when its test ends may take to finish, milliseconds (default 200). */
  readonly graceMs?: number
}

/** The options of a MariaDB or MySQL database as the config holds them. */
export interface MysqlBoundaryInput extends MysqlBoundaryOptions, BoundaryInput {
  readonly protocol: 'mysql'
}

/** Declares a MariaDB or MySQL database in `defineConfig`. */
export function mysql(options: MysqlBoundaryOptions = {}): MysqlBoundaryInput {
  return { ...options, protocol: 'mysql' }
}
