import type { Effect } from './effects.ts'

/** What one statement changes, and where, as far as its text says. */
export interface RowChange {
  /** The statement without its values. */
  readonly shape: string
  /** Columns that an UPDATE sets. */
  readonly columns: readonly string[]
  /** Values that are written. */
  readonly values: readonly string[]
  /** Values by which an UPDATE or DELETE finds its rows. */
  readonly row: readonly string[]
}

/** What ends by itself, as whoever looks for work takes it anew once its time is over. */
const ending = /until|expir|lease|lock|deadline|visib|timeout|next_|retry_at/i

/** What is written down of an attempt, whatever becomes of it. */
const counting = /attempt|tries|tried|retr(?:y|ies)|heartbeat|_count$|_at$|^(?:count|seen|updated|touched|version)$/i

/** Takes a statement apart. `undefined` for what is not one of SQL. */
export function rowChangeOf({ said }: Effect): RowChange | undefined {
  if (said === undefined) return undefined
  const [text, parameters] = JSON.parse(said) as [string, readonly (string | null)[]]
  const from = text.search(/\bWHERE\b/i)
  const [setting, finding] = from === -1 ? [text, ''] : [text.slice(0, from), text.slice(from)]
  const unnamed = [...parameters]
  const valuesIn = (part: string): readonly string[] =>
    [...part.matchAll(valuesOfSql)].map(([whole]) => {
      if (whole === '?') return `${unnamed.shift() ?? null}`
      return whole.startsWith('$')
        ? `${parameters[Number(whole.slice(1)) - 1] ?? null}`
        : whole.replace(/^'(.*)'$/s, '$1')
    })
  const shape = text.replaceAll(valuesOfSql, '?').replaceAll(/\s+/g, ' ').trim()
  const sets = /\bSET\b(.*)$/is.exec(setting)?.[1] ?? ''
  const columns = [...sets.matchAll(/(?:^|,)\s*(?:\w+\.)?["`]?(\w+)["`]?\s*=/g)].map(([, name = '']) => name)
  return { shape, columns, values: valuesIn(setting), row: valuesIn(finding) }
}

/** A text, a parameter or a number. */
const valuesOfSql = /'(?:[^']|'')*'|\$\d+|\?|(?<![\w.$])-?\d+(?:\.\d+)?\b/g

/** Whether it is meant to stand whatever comes of the rest: it has an end of its own, or only counts an attempt. */
export function standsByItself({ columns }: RowChange): boolean {
  if (columns.length === 0) return false
  return columns.some((name) => ending.test(name)) || columns.every((name) => counting.test(name))
}
