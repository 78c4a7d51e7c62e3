import { MortarError } from '../../../core/errors.ts'
import { quoteName } from '../postgres-address.ts'
import { canBeUnique, chance, columnValue, hasUsualDefault, skewed } from './column-value.ts'
import type { ColumnShape, ForeignKeyShape, TableShape } from './table-shape.ts'

/** What is wanted of one table. */
export interface Fill {
  readonly table: TableShape
  readonly rows: number
  /** Expressions that have precedence, by column. */
  readonly columns: Readonly<Record<string, string>>
  /** How many rows there are in the tables that it refers to, itself included. */
  readonly counts: ReadonlyMap<string, number>
}

interface Parent {
  readonly key: ForeignKeyShape
  /** Which of the parent's rows, from 0; an expression in `n`. */
  readonly which: string
  readonly alias: string
  /** Leaves out parents that have a row already. */
  readonly fresh: boolean
}

/** One INSERT that makes the rows. @throws MortarError `MORTAR_VOLUME_REFUSED` naming the column that cannot be filled */
export function fillStatement(fill: Fill): string {
  const { table, rows, columns } = fill
  const unknown = Object.keys(columns).find((name) => !table.columns.some((column) => column.name === name))
  if (unknown !== undefined) throw refused(table.name, unknown, 'there is no such column')
  const parents = parentsOf(fill)
  const ofParent = new Map(parents.flatMap(({ key, alias }) => key.columns.map((name, i) => [name, `${alias}.k${i}`])))
  const alone = uniqueColumns(fill, ofParent)
  const values = table.columns.flatMap((column): [name: string, value: string][] => {
    const value = columns[column.name] ?? ofParent.get(column.name) ?? valueOf(fill, column, alone.has(column.name))
    return value === undefined ? [] : [[quoteName(column.name), value]]
  })
  // A table of references only, such as one between orders and products: what is there must not come again.
  const among = parents.length > 1 && parents.every(({ which }) => which.includes('%'))
  const existing = among
    ? ` WHERE NOT EXISTS (SELECT FROM ${table.name} e WHERE ${values.map(([name, value]) => (value.includes('.k') ? `e.${name} = ${value}` : 'true')).join(' AND ')})`
    : ''
  const more = among ? (fill.counts.get(table.name) ?? 0) : 0
  const joins = parents.map(({ key, which, alias, fresh }) => {
    const own = key.columns.map((name, i) => `o.${quoteName(name)} = p.${quoteName(key.parentColumns[i]!)}`)
    const unused = fresh ? ` WHERE NOT EXISTS (SELECT FROM ${table.name} o WHERE ${own.join(' AND ')})` : ''
    const names = key.parentColumns.map((name) => `p.${quoteName(name)}`)
    const list = names.map((name, i) => `${name} AS k${i}`).join(', ')
    return ` LEFT JOIN (SELECT row_number() OVER (ORDER BY ${names.join(', ')}) - 1 AS i, ${list} FROM ${key.parent} p${unused}) ${alias} ON ${alias}.i = ${which}`
  })
  return `INSERT INTO ${table.name} (${values.map(([name]) => name).join(', ')}) OVERRIDING SYSTEM VALUE
    SELECT ${values.map(([, value]) => value).join(', ')} FROM generate_series(1::bigint, ${rows + more}) n${joins.join('')}${existing}
    ORDER BY n LIMIT ${rows}`
}

/** A column that cannot be filled. */
export function refused(table: string, column: string, reason: string, more: { hint?: string } = {}): MortarError {
  return new MortarError('MORTAR_VOLUME_REFUSED', `${table}.${column} cannot be filled: ${reason}`, {
    where: `volume.${table}`,
    hint:
      more.hint ??
      `Give an expression of SQL: volume: { ${table}: { rows: 100_000, columns: { ${column}: 'random() * 100' } } }.`,
  })
}

function valueOf({ table }: Fill, column: ColumnShape, unique: boolean): string | undefined {
  if (column.generated) return undefined
  if (!unique && (column.identity || hasUsualDefault(column))) return undefined
  const value = columnValue(column, table.name, unique)
  if (value === undefined && column.notNull && column.default === null)
    throw refused(table.name, column.name, `nothing is known about its type ${column.cast}`)
  if (value === undefined || column.notNull || unique) return value
  return `CASE WHEN ${chance(column.number + 1_000)} >= 0.1 THEN ${value} END`
}

function parentsOf({ table, rows, columns, counts }: Fill): Parent[] {
  const taken = new Set(Object.keys(columns))
  const isUnique = (names: readonly string[]): boolean =>
    table.uniques.some((unique) => unique.every((name) => names.includes(name)))
  const parents: Parent[] = []
  const keys = table.foreignKeys.filter((key) => {
    if (key.columns.some((name) => taken.has(name))) return false
    for (const name of key.columns) taken.add(name)
    return true
  })
  const among = tableOfReferences(table, keys)
  let before = 1
  for (const [i, key] of keys.entries()) {
    const [column = ''] = key.columns
    const shape = table.columns.filter(({ name }) => key.columns.includes(name))
    const optional = shape.some(({ notNull }) => !notNull)
    const self = key.parent === table.name
    const count = self ? 0 : (counts.get(key.parent) ?? 0)
    const alias = `p${i}`
    if (count === 0) {
      if (!optional)
        throw refused(
          table.name,
          column,
          self ? 'it refers to its own table' : `it refers to ${key.parent}, which has no rows`,
          {
            ...(!self && { hint: `Say how many: volume: { ${key.parent}: 1_000, ${table.name}: ${rows} }.` }),
          },
        )
      parents.push({ key, which: 'NULL::bigint', alias, fresh: false })
      continue
    }
    if (among) {
      parents.push({ key, which: `((n - 1) / ${before}) % ${count}`, alias, fresh: false })
      before *= count
      continue
    }
    const one = isUnique(key.columns)
    if (one && rows > count && !optional)
      throw refused(table.name, column, `each of the ${count} rows of ${key.parent} can have one only`)
    const index = one ? 'n - 1' : `floor(${skewed(shape[0]!.number)} * ${count})::bigint`
    const some = optional && !one ? `CASE WHEN ${chance(shape[0]!.number + 1_000)} >= 0.1 THEN ${index} END` : index
    parents.push({ key, which: some, alias, fresh: one })
  }
  if (among && before < rows + (counts.get(table.name) ?? 0))
    throw refused(table.name, among.join(', '), `there are only ${before} combinations of what they refer to`)
  return parents
}

/** Columns of references that are unique only together, if that is what the table is made of. */
function tableOfReferences(table: TableShape, keys: readonly ForeignKeyShape[]): readonly string[] | undefined {
  const referring = new Set(keys.flatMap(({ columns }) => columns))
  return table.uniques.find(
    (unique) =>
      unique.every((name) => referring.has(name)) &&
      keys.every(({ columns }) => columns.every((name) => unique.includes(name))) &&
      keys.length > 1,
  )
}

/** Which columns get a value of their own in each row, so that nothing comes twice that must not. */
function uniqueColumns({ table, columns }: Fill, ofParent: ReadonlyMap<string, string>): Set<string> {
  const alone = new Set<string>()
  for (const unique of table.uniques) {
    // Who gives an expression answers for it; references have been taken care of.
    if (unique.some((name) => columns[name] !== undefined || alone.has(name))) continue
    if (unique.every((name) => ofParent.has(name))) continue
    const free = table.columns.filter(({ name }) => unique.includes(name) && !ofParent.has(name))
    const fitting = free.find((column) => canBeUnique(column) && !column.generated)
    if (!fitting) throw refused(table.name, free[0]!.name, 'no two rows may have the same, and it has too few values')
    alone.add(fitting.name)
  }
  return alone
}
