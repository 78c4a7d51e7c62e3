import type { TextRow } from '../../protocols/postgres/own-session.ts'
import { quoteText } from './postgres-address.ts'

/** Where every sequence of a database stands. */
export type Sequences = ReadonlyMap<string, string>

type Query = (sql: string) => Promise<TextRow[]>

/** Asks where the sequences stand. They are no part of any transaction. */
export async function readSequences(query: Query): Promise<Sequences> {
  const names = await query(`
    SELECT c.oid::regclass FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'S' AND n.nspname NOT LIKE 'pg\\_%'`)
  if (names.length === 0) return new Map()
  const each = names.map(([name]) => `SELECT ${quoteText(name!)}, last_value || ', ' || is_called FROM ${name}`)
  const rows = await query(each.join(' UNION ALL '))
  return new Map(rows.map(([name, state]) => [name!, state!]))
}

/** Puts the sequences back that stand elsewhere now. Those that are gone are left alone. */
export async function restoreSequences(query: Query, before: Sequences): Promise<void> {
  const now = await readSequences(query)
  const moved = [...before].filter(([name, state]) => now.has(name) && now.get(name) !== state)
  if (moved.length === 0) return
  const calls = moved.map(([name, state]) => `setval(${quoteText(name)}, ${state})`)
  await query(`SELECT ${calls.join(', ')}`)
}
