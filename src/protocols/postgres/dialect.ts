import { harmlessVerbs, type SqlDialect, usualTableFollows } from '../sql/dialect.ts'
import { sqlWords } from './sql-words.ts'

/** The SQL of PostgreSQL. */
export const postgresDialect: SqlDialect = {
  words: sqlWords,
  comments: [/--[^\n]*/y],
  nestedComments: true,
  values: [
    /[eE]'(?:[^'\\]|''|\\[\s\S])*(?:'|$)/y,
    /(?:[bBxXnN]|[uU]&)?'(?:[^']|'')*(?:'|$)/y,
    /(?:0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)/y,
  ],
  fence: /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y,
  placeholder: /\$\d+/y,
  quotedName: /(?:[uU]&)?"(?:[^"]|"")*(?:"|$)/y,
  nameQuote: '"',
  plainName: /^[a-z_][a-z0-9_$]*$/,
  fold: (name) => name.toLowerCase(),
  word: /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y,
  longSign: /::|<=|>=|<>|!=|\|\||->>|->|#>>|#>|@>|<@|:=|=>/y,
  aliases: { START: 'BEGIN', END: 'COMMIT', ABORT: 'ROLLBACK', TABLE: 'SELECT' },
  harmless: new Set(harmlessVerbs),
  tableFollows: usualTableFollows,
  beforeTable: new Set(['ONLY', 'TABLE', 'LATERAL']),
  selectIntoStores: true,
  usualSchema: 'public',
}
