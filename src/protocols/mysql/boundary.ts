import type { BoundaryInput, ServiceBoundaryOptions } from '../../core/boundary.ts'

/** A MariaDB or MySQL database that the team owns. */
export interface MysqlBoundaryOptions extends ServiceBoundaryOptions {}

/** The options of a MariaDB or MySQL database as the config holds them. */
export interface MysqlBoundaryInput extends MysqlBoundaryOptions, BoundaryInput {
  readonly protocol: 'mysql'
}

/** Declares a MariaDB or MySQL database in `defineConfig`. */
export function mysql(options: MysqlBoundaryOptions = {}): MysqlBoundaryInput {
  return { ...options, protocol: 'mysql' }
}
