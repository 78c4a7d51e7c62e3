import { createHash } from 'node:crypto'
import { MortarError } from '../../core/errors.ts'
import type { OwnSession } from '../../protocols/postgres/own-session.ts'
import { commandInputs, type Migrations, migrationFiles, runMigrationCommand } from '../test-database/migrations.ts'
import { readSeed } from '../test-database/seed.ts'
import {
  openSession,
  type PostgresAddress,
  postgresFailed,
  postgresUrl,
  quoteName,
  quoteText,
} from './postgres-address.ts'
import { runSql } from './run-sql.ts'
import { seedTarget } from './seed-target.ts'

/** A database to clone. */
export interface Template {
  readonly name: string
  /** Whether it had to be made now. */
  readonly made: boolean
}

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
  const admin = await openSession(adminAddress(server, base), new AbortController().signal)
  let name = 'of these migrations'
  try {
    const state = base === undefined ? '' : await stateOf(admin, base)
    const hash = createHash('sha256')
      .update(JSON.stringify([base, state, files, command, inputs, seed.key]))
      .digest('hex')
      .slice(0, 16)
    name = `mortar_t_${hash}`
    if (await exists(admin, name)) return { name, made: false }
    // Held by the session, so that it is free again however this process ends.
    await admin.query(`SELECT pg_advisory_lock(hashtextextended(${quoteText(name)}, 0))`)
    if (await exists(admin, name)) return { name, made: false }
    await makeTemplate(admin, { name, server, source: base ?? 'template0' }, async (session, url) => {
      for (const file of files) await runSql(session, file)
      if (command.length > 0) await runMigrationCommand(migrations, url)
      await seed.run(seedTarget(session))
    })
    return { name, made: true }
  } catch (error) {
    throw MortarError.is(error) ? error : postgresFailed(`cannot make the template ${name}`, server, error)
  } finally {
    admin.close()
  }
}

async function exists(admin: OwnSession, name: string): Promise<boolean> {
  const rows = await admin.query(`SELECT 1 FROM pg_database WHERE datname = ${quoteText(name)} AND datistemplate`)
  return rows.length > 0
}

/** Where a session of ours does not stand in the way of copying a database: in another one. */
function adminAddress(server: PostgresAddress, base: string | undefined): PostgresAddress {
  return { ...server, database: base === 'postgres' ? 'template1' : 'postgres' }
}

/** Changes whenever something is written to the database, by the server's own counters. */
async function stateOf(admin: OwnSession, base: string): Promise<string> {
  const rows = await admin.query(`SELECT datid, tup_inserted, tup_updated, tup_deleted, stats_reset
    FROM pg_stat_database WHERE datname = ${quoteText(base)}`)
  return JSON.stringify(rows)
}

/** What a template is called and made of. */
interface TemplateSource {
  readonly name: string
  readonly server: PostgresAddress
  /** The database that is copied. */
  readonly source: string
}

/** Works on a database of another name, so that a template with its name is always a whole one. */
async function makeTemplate(
  admin: OwnSession,
  { name, server, source }: TemplateSource,
  fill: (session: OwnSession, url: string) => Promise<void>,
): Promise<void> {
  const draft = quoteName(`${name}_draft`)
  const discard = `DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`
  await admin.query(discard)
  await patiently(admin, `CREATE DATABASE ${draft} TEMPLATE ${quoteName(source)}`)
  try {
    const address = { ...server, database: `${name}_draft` }
    const session = await openSession(address, new AbortController().signal)
    try {
      await fill(session, postgresUrl(address))
      // Without statistics every clone would plan for empty tables.
      await session.query('ANALYZE')
    } finally {
      session.close()
    }
    // Whoever is still connected, a pool of the command perhaps, would be in the way of every clone.
    await admin.query(`ALTER DATABASE ${draft} ALLOW_CONNECTIONS false`)
    await admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ${quoteText(`${name}_draft`)}`,
    )
    await patiently(admin, `ALTER DATABASE ${draft} RENAME TO ${quoteName(name)}`)
    await admin.query(`ALTER DATABASE ${quoteName(name)} IS_TEMPLATE true`)
  } catch (error) {
    await admin.query(discard).catch(() => {})
    throw error
  }
}

/** A session that is leaving still counts for a moment. */
async function patiently(admin: OwnSession, sql: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await admin.query(sql)
      return
    } catch (error) {
      if (tries === 20) throw error
      await admin.query('SELECT pg_sleep(0.05)')
    }
  }
}
