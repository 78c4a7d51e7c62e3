import { type DatabaseOptions, migrationsOf as migrationsFrom } from '../test-database/migrations-of.ts'
import type { Migrations } from '../test-database/migrations.ts'
import { postgresAddress } from './postgres-address.ts'

/** How the boundary says that its database is made. */
export function migrationsOf(options: DatabaseOptions & { readonly url: string }): Migrations {
  return migrationsFrom(options, postgresAddress(options.url).database ?? 'postgres')
}
