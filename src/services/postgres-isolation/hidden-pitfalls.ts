import { fingerprintOf } from '../../protocols/postgres/fingerprint.ts'
import type { TextRow } from '../../protocols/postgres/own-session.ts'
import { splitSql } from '../../protocols/postgres/split-sql.ts'
import { type PinPitfall, pitfallIn } from './pin-pitfall.ts'

/** Finds in a statement what the functions and triggers of the database do, and would not work. */
export type FindHidden = (sql: string) => PinPitfall | undefined

/** Finds nothing: before the database is known. */
export const nothingHidden: FindHidden = () => undefined

const functions = `
  SELECT p.proname, p.prosrc, (SELECT json_agg(c.relname) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE t.tgfoid = p.oid AND NOT t.tgisinternal)
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE p.prokind IN ('f', 'p') AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
    AND p.prosrc ~* 'notify|advisory|nowait|skip\\s+locked'`

/** Reads what the functions and triggers of a database do that no statement shows. */
export async function readHiddenPitfalls(query: (sql: string) => Promise<TextRow[]>): Promise<FindHidden> {
  const called = new Map<string, PinPitfall>()
  const written = new Map<string, PinPitfall>()
  for (const [name = '', source, tables] of await query(functions)) {
    const pitfall = pitfallIn(source!)
    if (!pitfall) continue
    const by = { kind: pitfall.kind, reason: `${name}() does it: ${pitfall.reason}` }
    called.set(name!, by)
    for (const table of JSON.parse(tables ?? '[]') as string[]) written.set(table, by)
  }
  if (called.size === 0) return nothingHidden
  return (sql) => {
    for (const { text } of splitSql(sql)) {
      const { calls, verbs, operation, effect } = fingerprintOf(text)
      const call = calls.find((name) => called.has(name))
      if (call !== undefined) return called.get(call)
      const table = operation.slice((verbs[0] ?? '').length + 1)
      const trigger = effect ? written.get(table.split('.').at(-1)!.replaceAll('"', '')) : undefined
      if (trigger) return trigger
    }
    return undefined
  }
}
