import type { OwnSession } from '../../protocols/postgres/own-session.ts'
import { quoteName } from './postgres-address.ts'
import { readSequences, restoreSequences } from './sequences.ts'
import type { WrittenTables } from './written-tables.ts'

/** How a database was before the first test, kept beside it, in a schema of its own. */
export interface SeedState {
  /** Puts back what was written. @returns the tables that were put back */
  restore(written: WrittenTables): Promise<readonly string[]>
}

interface Table {
  readonly oid: string
  /** As SQL takes it. */
  readonly name: string
  /** `public.orders` */
  readonly plain: string
  /** Writing to it may write to others. */
  readonly reaches: boolean
  readonly columns: string
  readonly rows: number
}

const copies = 'mortar_seed'
const tablesQuery = `
  SELECT c.oid, c.oid::regclass, lower(n.nspname || '.' || c.relname), c.relkind = 'p' OR c.relhasrules
      OR EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal)
      OR EXISTS (SELECT FROM pg_inherits i WHERE i.inhparent = c.oid OR i.inhrelid = c.oid), c.relkind,
    (SELECT coalesce(string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum), '') FROM pg_attribute a
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '')
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND n.nspname NOT IN ('information_schema', '${copies}')
    AND n.nspname NOT LIKE 'pg\\_%'
  ORDER BY c.oid`

/** Takes down how the database is now. The session stays open, and must not be used for anything else. */
export async function takeSeedState(session: OwnSession): Promise<SeedState> {
  const query = (sql: string): ReturnType<OwnSession['query']> => session.query(sql)
  const found = await query(tablesQuery)
  await query(`DROP SCHEMA IF EXISTS ${copies} CASCADE; CREATE SCHEMA ${copies}`)
  const tables: Table[] = []
  for (const [oid = '', name = '', plain = '', reaches, kind, columns = ''] of found as string[][]) {
    const stores = kind === 'r'
    const [[rows] = []] = stores ? await query(`SELECT count(*) FROM ONLY ${name}`) : [['0']]
    const table = { oid, name, plain, reaches: reaches === 't', columns, rows: Number(rows) }
    if (stores || table.reaches) tables.push(table)
    if (table.rows > 0)
      await query(`CREATE UNLOGGED TABLE ${copyOf(table)} AS SELECT ${columns || ''} FROM ONLY ${name}`)
  }
  const references = await query("SELECT confrelid, conrelid FROM pg_constraint WHERE contype = 'f'")
  const sequences = await readSequences(query)
  // Whatever is stored later has a higher number.
  const mark = async (): Promise<string> => (await query('SELECT txid_current() % 4294967296'))[0]![0]!
  let since = await mark()

  const changed = async (): Promise<Table[]> => {
    const checks = tables.map(({ oid, name, rows }) => {
      const newer = `EXISTS (SELECT FROM ONLY ${name} WHERE age(xmin) < age('${since}'::xid))`
      return `SELECT ${oid}::text WHERE ${newer} OR (SELECT count(*) FROM ONLY ${name}) <> ${rows}`
    })
    if (checks.length === 0) return []
    const oids = new Set((await query(checks.join(' UNION ALL '))).map(([oid]) => oid))
    return tables.filter(({ oid }) => oids.has(oid))
  }

  const named = ({ names, doubt }: WrittenTables): Table[] | undefined => {
    const all: Table[] = []
    for (const name of names) {
      const matching = tables.filter(({ plain }) => plain === name || plain.endsWith(`.${name}`))
      if (matching.length === 0 || matching.some(({ reaches }) => reaches)) return undefined
      all.push(...matching)
    }
    return doubt ? undefined : all
  }

  /** A table cannot be emptied without those that refer to it. */
  const withReferring = (some: readonly Table[]): Table[] => {
    const oids = new Set<string | null>(some.map(({ oid }) => oid))
    for (let before = -1; before !== oids.size;) {
      before = oids.size
      for (const [to, from] of references) if (oids.has(to!)) oids.add(from!)
    }
    return tables.filter(({ oid }) => oids.has(oid))
  }

  return {
    async restore(written) {
      const affected = withReferring(named(written) ?? (await changed()))
      if (affected.length > 0) {
        const inserts = affected
          .filter(({ rows }) => rows > 0)
          .map(
            (table) =>
              `INSERT INTO ${table.name} (${table.columns}) OVERRIDING SYSTEM VALUE SELECT * FROM ${copyOf(table)}`,
          )
        await query(
          [
            'BEGIN',
            // Rows that were there before come back as they were: no trigger has a say, and no order matters.
            "SET LOCAL session_replication_role = replica; SET LOCAL lock_timeout = '10s'",
            `TRUNCATE ${affected.map(({ name }) => name).join(', ')} RESTART IDENTITY CASCADE`,
            ...inserts,
            'COMMIT',
          ].join('; '),
        ).catch(async (error: unknown) => {
          await query('ROLLBACK')
          throw error
        })
      }
      if (sequences.size > 0) await query(restoreSequences(sequences))
      since = await mark()
      return affected.map(({ name }) => name)
    },
  }
}

function copyOf({ oid }: Table): string {
  return `${copies}.${quoteName(`t${oid}`)}`
}
