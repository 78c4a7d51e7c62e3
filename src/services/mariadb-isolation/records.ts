import type { MysqlColumn, MysqlRows, MysqlValue } from '../../protocols/mysql/message.ts'

const integers: ReadonlySet<number> = new Set([1, 2, 3, 8, 9, 13])
const floats: ReadonlySet<number> = new Set([4, 5])
const json = 245

/** Rows by column, with values as JSON has them: numbers where they fit, and JSON as what it says. */
export function recordsOf({ columns, values }: Pick<MysqlRows, 'columns' | 'values'>): Record<string, unknown>[] {
  return values.map((row) =>
    Object.fromEntries(columns.map((column, i) => [column.name, valueOf(column, row[i] ?? null)])),
  )
}

function valueOf({ type, format }: MysqlColumn, value: MysqlValue): unknown {
  if (typeof value !== 'string') return value
  if (floats.has(type)) return Number(value)
  if (integers.has(type)) return Number.isSafeInteger(Number(value)) ? Number(value) : value
  if (type !== json && format !== 'json') return value
  try {
    return JSON.parse(value) as unknown
  } catch {
    return value
  }
}
