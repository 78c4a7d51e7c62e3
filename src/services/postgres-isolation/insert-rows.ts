import type { OwnSession } from '../../protocols/postgres/own-session.ts'
import type { SeedRow } from '../../protocols/sql/test-database.ts'
import { quoteName, quoteText } from './postgres-address.ts'

/**
 * Inserts rows and returns them as they are stored. Numbers that the rows give themselves are not given again: the
 * sequences of the table go on after them.
 *
 * @param table - Its name, with or without schema: `orders`, `shop.orders`.
 * @throws PostgresFailed
 */
export async function insertRows(
  session: OwnSession,
  table: string,
  rows: readonly SeedRow[],
): Promise<Record<string, unknown>[]> {
  const name = quoteTable(table)
  const stored: Record<string, unknown>[] = []
  for (const group of alike(rows)) {
    const columns = Object.keys(group[0]!)
    stored.push(...(await insertAlike(session, name, columns, group)))
  }
  await moveSequences(session, name)
  return stored
}

/** The name of a table as SQL takes it. */
export function quoteTable(table: string): string {
  return table.includes('"') ? table : table.split('.').map(quoteName).join('.')
}

async function insertAlike(
  session: OwnSession,
  name: string,
  columns: readonly string[],
  rows: readonly SeedRow[],
): Promise<Record<string, unknown>[]> {
  const list = columns.map(quoteName).join(', ')
  // The server reads each value by the type of its column: dates, arrays, enumerations, JSON.
  const values = `json_populate_recordset(NULL::${name}, ${quoteText(JSON.stringify(rows, written))}::json)`
  const insert =
    columns.length === 0
      ? `INSERT INTO ${name} SELECT FROM generate_series(1, ${rows.length})`
      : `INSERT INTO ${name} (${list}) OVERRIDING SYSTEM VALUE SELECT ${list} FROM ${values}`
  const answer = await session.query(
    `WITH inserted AS (${insert} RETURNING *) SELECT row_to_json(inserted) FROM inserted`,
  )
  return answer.map(([row]) => JSON.parse(row ?? '{}') as Record<string, unknown>)
}

/** Neighbours with the same columns, so that a column which one of them leaves out gets its default there only. */
function alike(rows: readonly SeedRow[]): SeedRow[][] {
  const groups: SeedRow[][] = []
  let before = ''
  for (const row of rows) {
    const columns = JSON.stringify(Object.keys(row))
    if (groups.length > 0 && columns === before) groups.at(-1)!.push(row)
    else groups.push([row])
    before = columns
  }
  return groups
}

function written(this: unknown, key: string, value: unknown): unknown {
  // JSON.stringify has already called toJSON of bytes.
  const own = (this as Record<string, unknown>)[key]
  if (own instanceof Uint8Array) return `\\x${Buffer.from(own).toString('hex')}`
  return typeof value === 'bigint' ? String(value) : value
}

/** Lets the sequences of a table go on after the highest number in it. */
export async function moveSequences(session: OwnSession, name: string): Promise<void> {
  const owned = await session.query(`
    SELECT a.attname, s.oid::regclass FROM pg_depend d
    JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
    JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    WHERE d.refobjid = ${quoteText(name)}::regclass AND d.deptype IN ('a', 'i')`)
  for (const [column, sequence] of owned)
    await session.query(`
      SELECT setval(${quoteText(sequence!)}, highest) FROM
        (SELECT max(${quoteName(column!)})::bigint AS highest FROM ${name}) AS t, ${sequence} AS s
      WHERE highest > s.last_value OR (highest = s.last_value AND NOT s.is_called)`)
}
