import { MortarError } from '../../core/errors.ts'
import type { OwnSession } from '../../protocols/postgres/own-session.ts'
import {
  openSession,
  type PostgresAddress,
  postgresFailed,
  postgresUrl,
  quoteName,
  quoteText,
} from './postgres-address.ts'

/** A database to clone. */
export interface Template {
  readonly name: string
  /** Whether it had to be made now. */
  readonly made: boolean
}

/** What a template is called and made of. */
export interface TemplateSource {
  /** Says what is in it, so that it need not be made twice. */
  readonly name: string
  /** The database that is copied. */
  readonly source: string
  /** Makes of the copy what the template is to be. */
  readonly fill: (session: OwnSession, url: string) => Promise<void>
}

/**
 * The template of this name: made by whoever asks first.
 *
 * @throws MortarError `MORTAR_POSTGRES_FAILED`, and what `fill` throws
 */
export async function onceMade(server: PostgresAddress, template: TemplateSource): Promise<Template> {
  const { name, source } = template
  const admin = await openSession(adminAddress(server, source), new AbortController().signal)
  try {
    if (await exists(admin, name)) return { name, made: false }
    // Held by the session, so that it is free again however this process ends.
    await admin.query(`SELECT pg_advisory_lock(hashtextextended(${quoteText(name)}, 0))`)
    if (await exists(admin, name)) return { name, made: false }
    await make(admin, server, template)
    return { name, made: true }
  } catch (error) {
    throw MortarError.is(error) ? error : postgresFailed(`cannot make the template ${name}`, server, error)
  } finally {
    admin.close()
  }
}

/** Where a session of ours does not stand in the way of copying a database: in another one. */
export function adminAddress(server: PostgresAddress, source: string): PostgresAddress {
  return { ...server, database: source === 'postgres' ? 'template1' : 'postgres' }
}

async function exists(admin: OwnSession, name: string): Promise<boolean> {
  const rows = await admin.query(`SELECT 1 FROM pg_database WHERE datname = ${quoteText(name)} AND datistemplate`)
  return rows.length > 0
}

/** Works on a database of another name, so that a template with its name is always a whole one. */
async function make(admin: OwnSession, server: PostgresAddress, { name, source, fill }: TemplateSource): Promise<void> {
  const draft = quoteName(`${name}_draft`)
  const discard = `DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`
  await admin.query(discard)
  // A session that is leaving still counts; the server waits for that by itself, five seconds.
  await admin.query(`CREATE DATABASE ${draft} TEMPLATE ${quoteName(source)}`)
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
    // A session that begins writes down what it finds in the catalogs, where nobody has; ANALYZE takes that away. With it,
    // a clone has the file as well, which its first sessions would otherwise make each for itself.
    ;(await openSession(address, new AbortController().signal)).close()
    // Whoever is still connected, a pool of the command perhaps, would be in the way of every clone.
    await admin.query(`ALTER DATABASE ${draft} ALLOW_CONNECTIONS false`)
    await admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ${quoteText(`${name}_draft`)}`,
    )
    await admin.query(`ALTER DATABASE ${draft} RENAME TO ${quoteName(name)}`)
    await admin.query(`ALTER DATABASE ${quoteName(name)} IS_TEMPLATE true`)
  } catch (error) {
    await admin.query(discard).catch(() => {})
    throw error
  }
}
