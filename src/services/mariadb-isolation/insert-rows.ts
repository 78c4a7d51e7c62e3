import type { OwnSession } from '../../protocols/mysql/own-session.ts'
import type { SeedRow } from '../../protocols/sql/test-database.ts'
import { quoteName, quoteText } from './mysql-address.ts'
import { recordsOf } from './records.ts'

const rowsAtOnce = 500

/**
 * Inserts rows and returns them as they are stored; MySQL cannot say what it has stored, so there they are returned as
 * they were given.
 *
 * @throws MysqlFailed
 */
export async function insertRows(
  session: OwnSession,
  table: string,
  rows: readonly SeedRow[],
): Promise<readonly Record<string, unknown>[]> {
  const stored: Record<string, unknown>[] = []
  const name = table.includes('`') ? table : table.split('.').map(quoteName).join('.')
  for (let at = 0; at < rows.length; at += rowsAtOnce) {
    const some = rows.slice(at, at + rowsAtOnce)
    const columns = [...new Set(some.flatMap(Object.keys))]
    const values = some.map(
      (row) => `(${columns.map((column) => (column in row ? literal(row[column]) : 'DEFAULT')).join(', ')})`,
    )
    const insert = `INSERT INTO ${name} (${columns.map(quoteName).join(', ')}) VALUES ${values.join(', ')}`
    if (session.version.includes('MariaDB')) stored.push(...recordsOf(await session.result(`${insert} RETURNING *`)))
    else {
      await session.query(insert)
      stored.push(...some)
    }
  }
  return stored
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'NULL'
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (value instanceof Date) return quoteText(value.toISOString().replace('T', ' ').replace('Z', ''))
  if (value instanceof Uint8Array) return `x'${Buffer.from(value).toString('hex')}'`
  return quoteText(typeof value === 'string' ? value : JSON.stringify(value))
}
