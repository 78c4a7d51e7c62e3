import { createHash } from 'node:crypto'
import { MortarError } from '../../core/errors.ts'
import type { OwnSession } from '../../protocols/mysql/own-session.ts'
import { runMigrationCommand } from '../test-database/migration-command.ts'
import { commandInputs, type Migrations, migrationFiles } from '../test-database/migrations.ts'
import { readSeed } from '../test-database/seed.ts'
import { insertRows } from './insert-rows.ts'
import {
  explain,
  type MysqlAddress,
  mysqlFailed,
  openSession,
  quoteName,
  quoteText,
  withSchema,
} from './mysql-address.ts'
import { recordsOf } from './records.ts'
import { runSql } from './run-sql.ts'
import { copySchema, readSchema } from './schema-copy.ts'

/** A schema to copy. */
export interface Template {
  readonly name: string
  /** Made for this process alone, which drops it. */
  readonly own: boolean
}

/** Where templates are made. */
export interface TemplatePlace {
  readonly admin: OwnSession
  readonly server: MysqlAddress
  readonly url: string
  /** A name for a template that nobody else can use. */
  readonly ownName: string
}

// Says which templates are whole: a schema cannot be renamed, so its name alone does not.
const register = '`mortar_state`.`templates`'
const lockSeconds = 600

/**
 * The schema that tests start from: made once for these migrations on this server, whoever asks first. Without
 * migrations it is the application's own schema as it is now, with the seed if there is one.
 *
 * @throws MortarError `MORTAR_MIGRATION_FAILED`, `MORTAR_MYSQL_FAILED`
 */
export async function ensureTemplate(place: TemplatePlace, migrations: Migrations): Promise<Template> {
  const { admin, server, ownName } = place
  const files = migrationFiles(migrations)
  const inputs = commandInputs(migrations)
  const seed = readSeed(migrations.seed, migrations.cwd)
  const { base, command = '' } = migrations
  try {
    if (base !== undefined && seed.key === '') return { name: base, own: false }
    if (base !== undefined) {
      await copySchema(admin, await readSchema(admin, base), ownName)
      await fillIn(place, ownName, (session) => seed.run(targetOf(session)))
      return { name: ownName, own: true }
    }
    const hash = createHash('sha256')
      .update(JSON.stringify([files, command, inputs, seed.key]))
      .digest('hex')
    const name = `mortar_t_${hash.slice(0, 16)}`
    await admin.query('CREATE DATABASE IF NOT EXISTS mortar_state')
    await admin.query(`CREATE TABLE IF NOT EXISTS ${register} (name VARCHAR(64) PRIMARY KEY)`)
    if (await isWhole(admin, name)) return { name, own: false }
    // Held by the session, so that it is free again however this process ends.
    await admin.query(`SELECT GET_LOCK(${quoteText(name)}, ${lockSeconds})`)
    try {
      if (await isWhole(admin, name)) return { name, own: false }
      await admin.query(`DROP DATABASE IF EXISTS ${quoteName(name)}`)
      await admin.query(`CREATE DATABASE ${quoteName(name)}${await charsetLike(admin, server.database)}`)
      await fillIn(place, name, async (session) => {
        for (const file of files) await runSql(session, file)
        if (command.length > 0) await runMigrationCommand(migrations, withSchema(place.url, name))
        await seed.run(targetOf(session))
      })
      await admin.query(`REPLACE INTO ${register} VALUES (${quoteText(name)})`)
    } finally {
      await admin.query(`SELECT RELEASE_LOCK(${quoteText(name)})`)
    }
    return { name, own: false }
  } catch (error) {
    throw MortarError.is(error) ? error : mysqlFailed('cannot make the schema that tests start from', server, error)
  }
}

async function isWhole(admin: OwnSession, name: string): Promise<boolean> {
  const rows = await admin.query(
    `SELECT 1 FROM ${register} JOIN information_schema.schemata ON schema_name = name WHERE name = ${quoteText(name)}`,
  )
  return rows.length > 0
}

async function fillIn(
  { admin, server }: TemplatePlace,
  name: string,
  fill: (session: OwnSession) => Promise<void>,
): Promise<void> {
  const session = await openSession(server, name)
  try {
    await fill(session)
  } catch (error) {
    await admin.query(`DROP DATABASE IF EXISTS ${quoteName(name)}`).catch(() => {})
    throw error
  } finally {
    session.close()
  }
}

function targetOf(session: OwnSession): Parameters<ReturnType<typeof readSeed>['run']>[0] {
  return {
    run: (file) => runSql(session, file),
    insert: (table, rows) => insertRows(session, table, rows),
    rows: async (sql) => recordsOf(await session.result(sql)) as Record<string, string | null>[],
    explain,
  }
}

/** As the application's own schema is, if it is there. */
async function charsetLike(admin: OwnSession, database: string | undefined): Promise<string> {
  const [[charset, collation] = []] = await admin.query(
    `SELECT default_character_set_name, default_collation_name FROM information_schema.schemata
     WHERE schema_name = ${quoteText(database ?? '')}`,
  )
  return charset && collation ? ` CHARACTER SET ${charset} COLLATE ${collation}` : ''
}
