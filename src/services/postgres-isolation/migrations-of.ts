import type { PostgresIsolateOptions } from './isolate.ts'
import type { Migrations } from './migrations.ts'
import { postgresAddress } from './postgres-address.ts'

/** How the boundary says that its database is made. */
export function migrationsOf(options: Pick<PostgresIsolateOptions, 'url' | 'input' | 'directory' | 'env'>): Migrations {
  const { url, input, directory, env } = options
  const { migrations, seed } = input
  return {
    ...(migrations === undefined && { base: postgresAddress(url).database ?? 'postgres' }),
    ...(typeof migrations === 'string' && { folder: migrations }),
    ...(typeof migrations === 'object' && { command: migrations.command, commandInputs: migrations.inputs }),
    ...(seed !== undefined && { seed }),
    ...(input.env !== undefined && { variable: input.env }),
    cwd: directory,
    env,
  }
}
