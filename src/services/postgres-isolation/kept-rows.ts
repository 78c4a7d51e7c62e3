import { query as queryMessage } from '../../protocols/postgres/encode.ts'
import type { OwnSession } from '../../protocols/postgres/own-session.ts'
import { countRows, type CountedTable, markQuery, readSeedTables, type SeedTable } from './seed-tables.ts'
import { readSequences, type Sequences } from './sequences.ts'

/** How a small database was before the first test, kept in memory: nothing of ours is in it. */
export interface KeptRows {
  readonly tables: readonly SeedTable[]
  /** What says which tables, functions and types there are. */
  readonly catalogs: readonly CountedTable[]
  /** The statement that fills a table again, by its oid; nothing for an empty one. */
  readonly inserts: ReadonlyMap<string, string>
  readonly sequences: Sequences
  /** Whether functions may set in a session what DISCARD ALL does not take away. */
  readonly settingFunctions: boolean
  /** Every row has a lower number than this. */
  readonly since: string
}

/** More than this is cloned faster than it is put back. */
export const keptAtMost: { readonly rows: number; readonly bytes: number } = { rows: 1_000, bytes: 256_000 }

// What is written and read back in one session means the same in another one with these.
const plainly = `SET datestyle = 'ISO, YMD'; SET intervalstyle = 'postgres'; SET timezone = 'UTC'; SET extra_float_digits = 3;
  SET bytea_output = 'hex'; SET lc_monetary = 'C'; SET xmloption = 'content'; SET standard_conforming_strings = on;
  SET search_path = pg_catalog; SET synchronize_seqscans = off; SET max_parallel_workers_per_gather = 0;
  SET row_security = off; SET default_transaction_isolation = 'read committed'; SET default_transaction_read_only = off;
  SET statement_timeout = '2s'; SET lock_timeout = '500ms'`

/** Sets up a session of ours for what is kept here. @throws PostgresFailed */
export async function speakPlainly(session: OwnSession): Promise<void> {
  await session.query(plainly)
  // No trigger and no reference has a say in what is put back; only a superuser may ask for that.
  await session.query('SET session_replication_role = replica')
}

// These do have a say then.
const fires = `SELECT FROM pg_trigger WHERE tgenabled IN ('A', 'R')
  UNION ALL SELECT FROM pg_rewrite WHERE ev_enabled IN ('A', 'R')
  UNION ALL SELECT FROM pg_event_trigger WHERE evtenabled IN ('A', 'R')`
const settingFunctions = `SELECT FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND (p.prosrc ~* 'set\\s+(local\\s+|session\\s+)?"?\\w+"?\\.|set_config|\\mload\\M|\\mexecute\\M' OR p.proconfig IS NOT NULL) LIMIT 1`
// Statistics are written whenever the server likes.
const catalogsQuery = `SELECT c.oid, c.oid::regclass FROM pg_class c
  WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'r' AND NOT c.relisshared
    AND c.relname NOT IN ('pg_statistic', 'pg_statistic_ext_data')`

/**
 * Takes down how a database is that nobody is connected to but this session.
 *
 * @returns Nothing where it cannot be put back, or is too much.
 * @throws PostgresFailed where the user may not, or the server does not know what is asked
 */
export async function keepRows(session: OwnSession): Promise<KeptRows | undefined> {
  const query = (sql: string): ReturnType<OwnSession['query']> => session.query(sql)
  await speakPlainly(session)
  if ((await query(fires)).length > 0) return undefined
  const tables = await readSeedTables(query, keptAtMost.rows + 1)
  const filled = tables.filter(({ kind, rows }) => kind === 'r' && rows > 0)
  if (filled.reduce((sum, { rows }) => sum + rows, 0) > keptAtMost.rows) return undefined
  if (filled.some(({ literal }) => literal === '')) return undefined
  const literals = await readLiterals(session, filled)
  if (!literals) return undefined
  const catalogs = (await query(catalogsQuery)).map(([oid, name]) => ({ oid: oid!, name: name! }))
  const counts = await countRows(query, catalogs)
  const inserts = filled.map(({ oid, name, columns }): [string, string] => [
    oid,
    `INSERT INTO ${name} (${columns}) OVERRIDING SYSTEM VALUE VALUES ${literals.get(oid)!.join(',')}`,
  ])
  return {
    tables,
    catalogs: catalogs.map((catalog) => ({ ...catalog, rows: counts.get(catalog.oid)! })),
    inserts: new Map(inserts),
    sequences: await readSequences(query),
    settingFunctions: (await query(settingFunctions)).length > 0,
    since: (await query(markQuery))[0]![0]!,
  }
}

/** The rows of each table as they are to be inserted, in the order in which they are stored. */
async function readLiterals(
  session: OwnSession,
  filled: readonly SeedTable[],
): Promise<ReadonlyMap<string, readonly string[]> | undefined> {
  const literals = new Map<string, string[]>(filled.map(({ oid }) => [oid, []]))
  // Not every type is written so that it can be read back; what comes back is compared byte by byte.
  const each = filled.map(
    ({ oid, name, literal }) =>
      `SELECT ${oid}, ${literal}, ("mortar row".*)::text::${name} *= ("mortar row".*) FROM ONLY ${name} AS "mortar row"`,
  )
  if (each.length === 0) return literals
  let bytes = 0
  for (const [oid, literal, same] of await session.send(Buffer.concat(each.map(queryMessage)), each.length)) {
    bytes += Buffer.byteLength(literal!)
    if (same !== 't' || bytes > keptAtMost.bytes) return undefined
    literals.get(oid!)!.push(literal!)
  }
  return literals
}
