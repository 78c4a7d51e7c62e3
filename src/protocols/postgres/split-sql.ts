import { tokenizeSql } from '../sql/tokenize-sql.ts'
import { postgresDialect } from './dialect.ts'

/** One statement of a text. */
export interface SqlStatement {
  /** As it was written, without the semicolon that ends it. */
  readonly text: string
  /** Its tokens in capitals, in order: `['SET', 'TRANSACTION', 'ISOLATION', …]`; values are `?`. */
  readonly words: readonly string[]
}

/** The statements of a text of SQL. A function body that is written as statements is not taken apart. */
export function splitSql(sql: string): SqlStatement[] {
  const tokens = tokenizeSql(sql, postgresDialect)
  const words = tokens.map(({ text }) => text.toUpperCase())
  if (words.some((word, i) => word === 'BEGIN' && words[i + 1] === 'ATOMIC')) return [{ text: sql, words }]
  const statements: SqlStatement[] = []
  let first = 0
  for (let i = 0; i <= tokens.length; i++) {
    if (i < tokens.length && tokens[i]!.text !== ';') continue
    if (i > first)
      statements.push({ text: sql.slice(tokens[first]!.at, tokens[i]?.at ?? sql.length), words: words.slice(first, i) })
    first = i + 1
  }
  return statements
}
