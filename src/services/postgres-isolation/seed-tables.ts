import type { OwnSession } from '../../protocols/postgres/own-session.ts'
import type { WrittenTables } from './written-tables.ts'

/** A table as it was before the first test. */
export interface SeedTable {
  readonly oid: string
  /** As SQL takes it. */
  readonly name: string
  /** `public.orders` */
  readonly plain: string
  /** `r`, `p`: stores nothing itself, `m`: a materialized view. */
  readonly kind: string
  /** Writing to it may write to others. */
  readonly reaches: boolean
  /** What rows are inserted with, as SQL takes it. */
  readonly columns: string
  /** An expression for such a row of `"mortar row"`: `('1','ann')`; empty without columns. */
  readonly literal: string
  readonly rows: number
  readonly bytes: number
}

/** What tells whether something is stored otherwise than it was. */
export type CountedTable = Pick<SeedTable, 'oid' | 'name' | 'rows'>

type Query = OwnSession['query']

/** The schema in which copies are kept; no table of the application. */
export const copies = 'mortar_seed'

const tablesQuery = `
  SELECT c.oid, c.oid::regclass, lower(n.nspname || '.' || c.relname), c.relkind,
    c.relkind = 'p' OR c.relhasrules
      OR EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal)
      OR EXISTS (SELECT FROM pg_inherits i WHERE i.inhparent = c.oid OR i.inhrelid = c.oid),
    (SELECT coalesce(string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum), '') FROM pg_attribute a
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''),
    (SELECT '''('' || ' || string_agg(format('format(''%%L'', "mortar row".%I)', a.attname), ' || '','' || ' ORDER BY a.attnum)
      || ' || '')''' FROM pg_attribute a
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''),
    pg_relation_size(c.oid)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't'
    AND n.nspname NOT IN ('information_schema', '${copies}') AND n.nspname NOT LIKE 'pg\\_%'
  ORDER BY c.oid`

/**
 * Reads which tables there are, and how many rows each has.
 *
 * @param most - No table is counted further than this.
 */
export async function readSeedTables(query: Query, most?: number): Promise<SeedTable[]> {
  const found = await query(tablesQuery)
  const counts = await countRows(
    query,
    found.flatMap(([oid, name, , kind]) => (kind === 'p' ? [] : [{ oid: oid!, name: name! }])),
    most,
  )
  return found.map(([oid, name, plain, kind, reaches, columns, literal, bytes]) => ({
    oid: oid!,
    name: name!,
    plain: plain!,
    kind: kind!,
    reaches: reaches === 't',
    columns: columns!,
    literal: literal ?? '',
    rows: counts.get(oid!) ?? 0,
    bytes: Number(bytes),
  }))
}

/** Counts the rows of tables, by their oids. */
export async function countRows(
  query: Query,
  tables: readonly Pick<SeedTable, 'oid' | 'name'>[],
  most?: number,
): Promise<ReadonlyMap<string, number>> {
  if (tables.length === 0) return new Map()
  const limit = most === undefined ? '' : ` LIMIT ${most}`
  const each = tables.map(
    ({ oid, name }) => `SELECT ${oid}, count(*) FROM (SELECT FROM ONLY ${name}${limit}) AS counted`,
  )
  const rows = await query(each.join(' UNION ALL '))
  return new Map(rows.map(([oid, count]) => [oid!, Number(count)]))
}

/** Asks for the oids of those tables, as `changed`, that have rows newer than a transaction, or more or fewer of them. */
export function changedSince(tables: readonly CountedTable[], since: string): string {
  return tables
    .map(({ oid, name, rows }) => {
      const newer = `EXISTS (SELECT FROM ONLY ${name} WHERE age(xmin) < age('${since}'::xid))`
      return `SELECT 'changed', ${oid}::text WHERE ${newer} OR (SELECT count(*) FROM ONLY ${name}) <> ${rows}`
    })
    .join(' UNION ALL ')
}

/** Whatever is stored later than now has a higher number. */
export const markQuery = 'SELECT (txid_current() % 4294967296)::text'

/** Whether a statement may mean this table by that name. */
export function isCalled({ plain }: SeedTable, name: string): boolean {
  return plain === name || plain.endsWith(`.${name}`)
}

/** The tables that the statements name; `undefined` where these do not tell. */
export function namedTables(
  tables: readonly SeedTable[],
  { names, doubt }: WrittenTables,
): readonly SeedTable[] | undefined {
  const all: SeedTable[] = []
  for (const name of names) {
    const matching = tables.filter((table) => isCalled(table, name))
    if (matching.length === 0 || matching.some(({ reaches }) => reaches)) return undefined
    all.push(...matching)
  }
  return doubt ? undefined : all
}
