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

/** The statement that puts those sequences back which stand elsewhere now; nothing where there are none. */
export function restoreSequences(before: Sequences): string {
  return Array.from(before, ([name, state]) => {
    const moved = `(last_value, is_called) IS DISTINCT FROM (${state})`
    return `SELECT setval(${quoteText(name)}, ${state}) FROM ${name} WHERE ${moved}`
  }).join(' UNION ALL ')
}
