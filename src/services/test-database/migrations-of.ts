import type { MigrationCommand, Seed } from '../../protocols/sql/test-database.ts'
import type { Migrations } from './migrations.ts'

/** What a boundary of a database says of how it is made, and where it is said. */
export interface DatabaseOptions {
  readonly input: {
    readonly migrations?: string | MigrationCommand
    readonly seed?: Seed
    readonly env?: string
  }
  readonly directory: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * How the boundary says that its database is made.
 *
 * @param asItIs - The database to begin with where nothing is said of migrations.
 */
export function migrationsOf({ input, directory, env }: DatabaseOptions, asItIs: string): Migrations {
  const { migrations, seed } = input
  return {
    ...(migrations === undefined && { base: asItIs }),
    ...(typeof migrations === 'string' && { folder: migrations }),
    ...(typeof migrations === 'object' && {
      command: migrations.command,
      commandInputs: migrations.inputs,
      ...(migrations.timeoutMs !== undefined && { timeoutMs: migrations.timeoutMs }),
    }),
    ...(seed !== undefined && { seed }),
    ...(input.env !== undefined && { variable: input.env }),
    cwd: directory,
    env,
  }
}
