import { createHash } from 'node:crypto'
import { MortarError } from '../../core/errors.ts'
import { runMigrationCommand } from '../test-database/migration-command.ts'
import { commandInputs, type Migrations, migrationFiles } from '../test-database/migrations.ts'
import { readSeed } from '../test-database/seed.ts'
import { adminAddress, onceMade, type Template } from './once-made.ts'
import { openSession, type PostgresAddress, postgresFailed, quoteText } from './postgres-address.ts'
import { runSql } from './run-sql.ts'
import { seedTarget } from './seed-target.ts'

/**
 * The template for these migrations on this server: made once, whoever asks first, and found by its content after that.
 *
 * @throws MortarError `MORTAR_MIGRATION_FAILED`, `MORTAR_POSTGRES_FAILED`
 */
export async function ensureTemplate(server: PostgresAddress, migrations: Migrations): Promise<Template> {
  const files = migrationFiles(migrations)
  const inputs = commandInputs(migrations)
  const seed = readSeed(migrations.seed, migrations.cwd)
  const { command = '', base } = migrations
  const state = base === undefined ? '' : await stateOf(server, base)
  const hash = createHash('sha256')
    .update(JSON.stringify([base, state, files, command, inputs, seed.key]))
    .digest('hex')
    .slice(0, 16)
  return onceMade(server, {
    name: `mortar_t_${hash}`,
    source: base ?? 'template0',
    async fill(session, url) {
      for (const file of files) await runSql(session, file)
      if (command.length > 0) await runMigrationCommand(migrations, url)
      await seed.run(seedTarget(session))
    },
  })
}

/** Changes whenever something is written to the database, by the server's own counters. */
async function stateOf(server: PostgresAddress, base: string): Promise<string> {
  const session = await openSession(adminAddress(server, base), new AbortController().signal)
  try {
    const rows = await session.query(`SELECT datid, tup_inserted, tup_updated, tup_deleted, stats_reset
      FROM pg_stat_database WHERE datname = ${quoteText(base)}`)
    return JSON.stringify(rows)
  } catch (error) {
    throw MortarError.is(error) ? error : postgresFailed(`cannot look at the database ${base}`, server, error)
  } finally {
    session.close()
  }
}
