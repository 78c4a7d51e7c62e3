import type { SqlFacts } from './moment.ts'

/** A column and what a statement compares it with or puts into it; `undefined` where that is no plain value. */
export type ColumnValue = readonly [column: string, value: string | undefined]

/** What a simple statement on one table asks for or writes. */
export interface StatementShape {
  /** Columns that are read, `*` among them, without their table. */
  readonly reads: readonly string[]
  readonly writes: readonly ColumnValue[]
  /** Comparisons for equality that all have to hold. */
  readonly where: readonly ColumnValue[]
  /** Whether `where` is all that the statement asks for. */
  readonly isPlain: boolean
}

const select =
  /^SELECT (.+?) FROM [\w.]+(?: (?:AS )?(?!WHERE\b)\w+)? WHERE (.+?)(?: (?:ORDER BY|LIMIT|FOR|OFFSET) .*)?$/i
const update = /^UPDATE [\w.]+(?: (?:AS )?(?!SET\b)\w+)? SET (.+?) WHERE (.+?)(?: RETURNING .*)?$/i
const insert = /^INSERT INTO [\w.]+ ?\(([^()]+)\) VALUES ?\((.+?)\)(?: RETURNING .*)?$/i

/** Of longer texts nothing is known. */
const longest = 4000

/** Reads a statement with one verb and one table. @returns `undefined` for all others. */
export function shapeOf({ text, parameters }: SqlFacts): StatementShape | undefined {
  if (text.length > longest) return undefined
  const sql = simplified(text)
  const valueOf = (expression: string): string | undefined => plainValue(expression, parameters)
  const selected = select.exec(sql)
  if (selected) return { reads: columnsIn(selected[1]!), writes: [], ...conditionsIn(selected[2]!, valueOf) }
  const updated = update.exec(sql)
  if (updated) {
    const writes = partsOf(updated[1]!, ',').map((part): ColumnValue => {
      const [column = '', ...value] = part.split('=')
      return [nameOf(column), valueOf(value.join('='))]
    })
    return { reads: [], writes, ...conditionsIn(updated[2]!, valueOf) }
  }
  const [, columns, values] = insert.exec(sql) ?? []
  if (columns === undefined || values === undefined) return undefined
  const given = partsOf(values, ',')
  const writes = columnsIn(columns).map((column, i): ColumnValue => [column, valueOf(given[i] ?? '')])
  return { reads: [], writes, where: [], isPlain: true }
}

/** One line, without quotes around names, and with numbers for all parameters. */
function simplified(text: string): string {
  let number = 0
  return text
    .replaceAll(/["`;]/g, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/(?<![\w'])\?(?!['\w])/g, () => `$${++number}`)
    .trim()
}

function conditionsIn(
  text: string,
  valueOf: (expression: string) => string | undefined,
): Pick<StatementShape, 'where' | 'isPlain'> {
  const conditions = text.split(/ AND /i).filter((part) => !/^\(?1 ?= ?1\)?$/.test(part.trim()))
  const where = conditions.flatMap((part): ColumnValue[] => {
    const [, column, value] = /^\(*([\w.]+) ?(?:=|\bIN\b) ?(?:ANY ?)?(.+?)$/i.exec(part.trim()) ?? []
    return column === undefined ? [] : [[nameOf(column), valueOf(value!)]]
  })
  return { where, isPlain: where.length === conditions.length && !/ OR /i.test(text) }
}

function plainValue(expression: string, parameters: SqlFacts['parameters']): string | undefined {
  const bare = expression.replaceAll(/[()]|::[\w[\]]+/g, '').trim()
  const number = /^\$(\d+)$/.exec(bare)?.[1]
  if (number !== undefined) return parameters[Number(number) - 1] ?? undefined
  return /^'([^']*)'$/.exec(bare)?.[1] ?? /^-?\d+(?:\.\d+)?$/.exec(bare)?.[0]
}

function columnsIn(text: string): readonly string[] {
  return partsOf(text, ',').map((part) => nameOf(part.replace(/ (?:AS )?\w+$/i, '')))
}

function nameOf(text: string): string {
  return text.trim().split('.').at(-1)!.toLowerCase()
}

/** Splits where no parenthesis is open. */
function partsOf(text: string, separator: string): readonly string[] {
  const parts = ['']
  let depth = 0
  for (const character of text) {
    if (character === '(') depth++
    if (character === ')') depth--
    if (character === separator && depth === 0) parts.push('')
    else parts[parts.length - 1] += character
  }
  return parts.map((part) => part.trim())
}
