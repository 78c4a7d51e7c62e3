import { quoteName, quoteText } from '../postgres-address.ts'
import type { ColumnShape } from './table-shape.ts'

/** From 0 to 1, without 1: the same for the same row `n`, whatever plan makes the rows. */
export function chance(salt: number): string {
  return `((hashint8extended(n, ${salt}) & 1099511627775)::float8 / 1099511627776)`
}

/** As `chance`, with more small numbers than large ones: most rows of production are about few things. */
export function skewed(salt: number): string {
  return `power(${chance(salt)}, 3)`
}

const whole = new Set(['int2', 'int4', 'int8'])
const broken = new Set(['numeric', 'float4', 'float8'])
const texts = new Set(['text', 'varchar', 'bpchar', 'citext', 'name'])

/**
 * An expression for a column in the row `n`.
 *
 * @param table - Whose rows are there already.
 * @param unique - No two rows may have the same.
 * @returns `undefined` when nothing is known that would fit.
 */
export function columnValue(column: ColumnShape, table: string, unique: boolean): string | undefined {
  const value = unique ? uniqueValue(column, table) : anyValue(column)
  return value && `(${value})::${column.cast}`
}

/** Whether the column is better left to its default. */
export function hasUsualDefault({ default: usual, type, isEnum, checks }: ColumnShape): boolean {
  if (usual === null || isEnum || type === 'bool' || type === 'date' || type.startsWith('timestamp')) return false
  return !checks.some((check) => listIn(check) !== undefined)
}

/** Whether each row can have a value of its own. */
export function canBeUnique(column: ColumnShape): boolean {
  return uniqueValue(column, 'x') !== undefined
}

function uniqueValue(column: ColumnShape, table: string): string | undefined {
  const { name, type, checks, isEnum, isArray, number } = column
  if (isEnum || isArray || checks.some((check) => listIn(check) !== undefined)) return undefined
  const after = `(SELECT coalesce(max(${quoteName(name)}), 0) FROM ${table}) + n`
  if (whole.has(type) || broken.has(type)) return after
  if (texts.has(type)) return textOf(column, 'n::text')
  switch (type) {
    case 'uuid':
      return `md5('${number} ' || n)::uuid`
    case 'date':
      return "date '2024-01-01' - n::int"
    case 'timestamp':
    case 'timestamptz':
      return "timestamptz '2024-01-01Z' - n * interval '1 minute'"
    case 'bytea':
      return `decode(md5('${number} ' || n), 'hex')`
    case 'inet':
    case 'cidr':
      return "inet '10.0.0.0' + n"
    case 'json':
    case 'jsonb':
      return `jsonb_build_object('n', n)`
    default:
      return undefined
  }
}

function anyValue(column: ColumnShape): string | undefined {
  const { type, isEnum, isArray, labels, checks, number } = column
  const list = isEnum ? labels!.map(quoteText).join(', ') : checks.map(listIn).find((found) => found !== undefined)
  if (list !== undefined) {
    const values = `ARRAY[${list}]`
    return `(${values})[1 + floor(${skewed(number)} * array_length(${values}, 1))::int]`
  }
  if (isArray) return "'{}'"
  if (whole.has(type) || broken.has(type)) return numberOf(column)
  if (texts.has(type)) return textOf(column, `floor(${skewed(number)} * 1000)::int::text`)
  const day = `(1 - power(${chance(number)}, 2)) * 730`
  switch (type) {
    case 'bool':
      return `${chance(number)} < ${column.default === 'true' ? 0.9 : 0.1}`
    case 'date':
      return `date '2024-01-01' + floor(${day})::int`
    case 'timestamp':
    case 'timestamptz':
      return `timestamptz '2024-01-01Z' + ${day} * interval '1 day'`
    case 'time':
    case 'timetz':
      return `time '00:00' + ${chance(number)} * interval '1 day'`
    case 'interval':
      return `${skewed(number)} * interval '1 day'`
    default:
      return uniqueValue(column, 'x')
  }
}

function numberOf({ name, type, checks, number, precision, scale }: ColumnShape): string {
  const step = whole.has(type) ? 1 : 0.01
  let [from, to] = [0, Number.POSITIVE_INFINITY]
  for (const [sign, bound] of checks.flatMap((check) => boundsIn(check, name))) {
    if (sign === '>=') from = bound
    if (sign === '>') from = bound + step
    if (sign === '<=') to = bound
    if (sign === '<') to = bound - step
  }
  if (to < from) from = to - 1_000
  // The places before the point that the type has.
  const most = precision === null ? 10_000 : 10 ** (precision - (scale ?? 0)) - 1
  to = Math.min(to, from + Math.min(most, 10_000))
  if (whole.has(type)) return `${from} + floor(${skewed(number)} * ${to - from + 1})::int8`
  return `round((${from} + ${skewed(number)} * ${to - from})::numeric, ${scale ?? 2})`
}

function textOf({ name, maxLength, checks }: ColumnShape, which: string): string {
  const lengths = checks.map((check) => lengthIn(check)).filter((length) => length !== undefined)
  const most = Math.min(maxLength ?? Number.POSITIVE_INFINITY, ...lengths)
  const mail = /mail/i.test(name) ? " || '@example.com'" : ''
  const whole = `${quoteText(`${name} `)} || ${which}${mail}`
  // Where there is little room, the part that differs is what counts.
  return most < name.length + 10 + (mail ? 12 : 0) ? which : whole
}

/** The values that `CHECK (status IN ('new', 'paid'))` allows, as SQL. */
function listIn(check: string): string | undefined {
  return /= ANY \(+ARRAY\[([^\]]*)\]/.exec(check)?.[1]
}

/** What `CHECK (total > 0 AND total <= 100)` says. */
function boundsIn(check: string, name: string): [sign: string, bound: number][] {
  const subject = String.raw`\(*(?:${quoted(name).replaceAll(/[.*+?^$(){}|[\]\\]/g, String.raw`\$&`)}|${name}|VALUE)\)*`
  const found = check.matchAll(
    new RegExp(String.raw`${subject}(?:::[a-z ]+)?\)* (>=|>|<=|<) \(*'?(-?\d+(?:\.\d+)?)`, 'g'),
  )
  return [...found].map(([, sign = '', bound]) => [sign, Number(bound)])
}

function lengthIn(check: string): number | undefined {
  const found = /length\([^)]*\)+ (<=|<|=) (\d+)/.exec(check)
  return found ? Number(found[2]) - (found[1] === '<' ? 1 : 0) : undefined
}

function quoted(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`
}
