import type { OwnSession } from '../../protocols/mysql/own-session.ts'
import { quoteName, quoteText } from './mysql-address.ts'

/** A table of a schema, as far as putting it back takes. */
export interface TablePlan {
  readonly name: string
  /** Columns whose values are stored; the server works out the others. */
  readonly columns: readonly string[]
  /** The schema to copy has rows of it. */
  readonly filled: boolean
  /** Where its numbers go on, if that is not behind the highest one. */
  readonly autoIncrement?: number
  readonly create: string
  readonly triggers: boolean
  /** Tables that its rows refer to. */
  readonly refersTo: readonly string[]
}

/** A statement that makes something, and the `sql_mode` it was written in. */
export interface Definition {
  readonly sql: string
  readonly mode: string | undefined
}

/** All that a schema is. */
export interface SchemaPlan {
  readonly name: string
  readonly tables: readonly TablePlan[]
  /** Views, sequences and routines: whatever is no table and may hide one. */
  readonly others: ReadonlySet<string>
  /** Numbers are drawn from sequences. */
  readonly sequences: boolean
  /** What makes what is no table, once the tables are there. */
  readonly statements: readonly Definition[]
  readonly charset: string
  readonly collation: string
}

/** Reads what a schema is made of. @throws MysqlFailed */
export async function readSchema(session: OwnSession, schema: string): Promise<SchemaPlan> {
  const at = quoteText(schema)
  const [[charset = null, collation = null] = []] = await session.query(
    `SELECT default_character_set_name, default_collation_name FROM information_schema.schemata WHERE schema_name = ${at}`,
  )
  const named = await session.query(
    `SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = ${at} ORDER BY table_name`,
  )
  const columns = await session.query(
    `SELECT table_name, column_name FROM information_schema.columns
     WHERE table_schema = ${at} AND COALESCE(generation_expression, '') = '' ORDER BY table_name, ordinal_position`,
  )
  const references = await session.query(
    `SELECT table_name, referenced_table_name FROM information_schema.key_column_usage
     WHERE table_schema = ${at} AND referenced_table_schema = ${at}`,
  )
  const triggers = await session.query(
    `SELECT trigger_name, event_object_table FROM information_schema.triggers WHERE trigger_schema = ${at}
     ORDER BY event_object_table, action_order`,
  )
  const of = (rows: readonly (readonly (string | null)[])[], table: string): string[] =>
    rows.filter(([name]) => name === table).map(([, value]) => value ?? '')
  const tables: TablePlan[] = []
  const statements: Definition[] = []
  const others = new Set<string>()
  const views: Definition[] = []
  let sequences = false
  for (const [name = null, type] of named) {
    if (name === null) continue
    const place = `${quoteName(schema)}.${quoteName(name)}`
    if (type !== 'BASE TABLE' && type !== 'SYSTEM VERSIONED') {
      others.add(name)
      if (type === 'VIEW') views.push(...(await defined(session, `SHOW CREATE VIEW ${place}`, 1)))
      else if (type === 'SEQUENCE') {
        sequences = true
        statements.push(...(await defined(session, `SHOW CREATE SEQUENCE ${place}`, 1)))
      }
      continue
    }
    const [{ sql: create } = { sql: '' }] = await defined(session, `SHOW CREATE TABLE ${place}`, 1)
    const next = Number(/\bAUTO_INCREMENT=(\d+)/.exec(create)?.[1] ?? 1)
    tables.push({
      name,
      columns: of(columns, name),
      filled: (await session.query(`SELECT 1 FROM ${place} LIMIT 1`)).length > 0,
      ...(next > 1 && (await skips(session, place, create, next)) && { autoIncrement: next }),
      create,
      triggers: triggers.some(([, table]) => table === name),
      refersTo: of(references, name),
    })
  }
  const routines = await session.query(
    `SELECT routine_type, routine_name FROM information_schema.routines WHERE routine_schema = ${at}`,
  )
  for (const [kind, name] of routines) {
    others.add(name ?? '')
    const sql = `SHOW CREATE ${kind} ${quoteName(schema)}.${quoteName(name ?? '')}`
    statements.push(...(await defined(session, sql, 2, 1)))
  }
  const triggered: Definition[] = []
  for (const [name] of triggers) {
    const sql = `SHOW CREATE TRIGGER ${quoteName(schema)}.${quoteName(name ?? '')}`
    triggered.push(...(await defined(session, sql, 2, 1)))
  }
  return {
    name: schema,
    tables,
    others,
    sequences,
    statements: [...statements, ...views, ...triggered],
    charset: charset ?? 'utf8mb4',
    collation: collation ?? 'utf8mb4_general_ci',
  }
}

/** Makes a schema like another one, with its rows. One of that name is dropped before. @throws MysqlFailed */
export async function copySchema(session: OwnSession, plan: SchemaPlan, to: string): Promise<void> {
  const target = quoteName(to)
  await session.query(`${ourSettings}; DROP DATABASE IF EXISTS ${target}`)
  await session.query(
    `CREATE DATABASE ${target} CHARACTER SET ${plan.charset} COLLATE ${plan.collation}; USE ${target}`,
  )
  const moved = (sql: string): string => sql.replaceAll(`${quoteName(plan.name)}.`, `${target}.`)
  // A sequence may be the default of a column, and a table be what a view shows.
  const [before, after] = [plan.statements.filter(isSequence), plan.statements.filter((each) => !isSequence(each))]
  for (const { sql } of before) await session.query(moved(sql))
  for (const { create } of plan.tables) await session.query(moved(create))
  for (const table of plan.tables) await fill(session, table, plan.name, to)
  await inAnyOrder(after, async ({ sql, mode = '' }) => {
    await session.query(`SET SESSION sql_mode = ${quoteText(mode)}`)
    await session.query(moved(sql))
  })
}

/** Puts tables back as they are in the schema that was copied. They must not have triggers. @throws MysqlFailed */
export async function restoreTables(
  session: OwnSession,
  tables: readonly TablePlan[],
  from: string,
  to: string,
): Promise<void> {
  await session.query(ourSettings)
  for (const table of tables) {
    const place = `${quoteName(to)}.${quoteName(table.name)}`
    await session.query(`TRUNCATE TABLE ${place}`)
    await fill(session, table, from, to)
    if (table.autoIncrement !== undefined)
      await session.query(`ALTER TABLE ${place} AUTO_INCREMENT = ${table.autoIncrement}`)
  }
}

// Zero is a number like any other here, and rows may come before what they refer to.
const ourSettings = "SET SESSION foreign_key_checks = 0, unique_checks = 0, sql_mode = 'NO_AUTO_VALUE_ON_ZERO'"

async function fill(
  session: OwnSession,
  { name, columns, filled }: TablePlan,
  from: string,
  to: string,
): Promise<void> {
  if (!filled) return
  const list = columns.map(quoteName).join(', ')
  const [source, target] = [from, to].map((schema) => `${quoteName(schema)}.${quoteName(name)}`)
  await session.query(`INSERT INTO ${target} (${list}) SELECT ${list} FROM ${source}`)
}

function isSequence({ sql }: Definition): boolean {
  return /^CREATE\s+SEQUENCE\b/i.test(sql)
}

/** Views may show each other: what cannot be made yet is made after the others. */
async function inAnyOrder(all: readonly Definition[], make: (each: Definition) => Promise<unknown>): Promise<void> {
  let left = all
  while (left.length > 0) {
    const failed: { readonly each: Definition; readonly error: unknown }[] = []
    for (const each of left) await make(each).catch((error: unknown) => failed.push({ each, error }))
    if (failed.length === left.length) throw failed[0]!.error
    left = failed.map(({ each }) => each)
  }
}

/** What a SHOW CREATE says, if we may see it. */
async function defined(session: OwnSession, show: string, column: number, mode?: number): Promise<Definition[]> {
  const [row] = await session.query(show)
  const sql = row?.[column] ?? undefined
  return sql === undefined ? [] : [{ sql, mode: mode === undefined ? undefined : (row?.[mode] ?? undefined) }]
}

/** Whether the next number is not the one behind the highest. */
async function skips(session: OwnSession, place: string, create: string, next: number): Promise<boolean> {
  const column = /^\s*`((?:[^`]|``)+)`[^\n]*\bAUTO_INCREMENT\b(?!=)/m.exec(create)?.[1]
  if (column === undefined) return true
  const [[highest = null] = []] = await session.query(`SELECT MAX(\`${column}\`) FROM ${place}`)
  return Number(highest ?? 0) + 1 !== next
}
