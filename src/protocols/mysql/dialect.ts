import { harmlessVerbs, type SqlDialect, usualTableFollows } from '../sql/dialect.ts'
import { sqlWords } from './sql-words.ts'

/** The SQL of MariaDB and MySQL, with their usual `sql_mode`: a double quote begins a string, a backslash escapes. */
export const mysqlDialect: SqlDialect = {
  words: sqlWords,
  // What stands in `/*! … */` is run, so only its edges are skipped.
  comments: [/--(?=[\s\0]|$)[^\n]*/y, /#[^\n]*/y, /\/\*M?!\d*/y, /\*\//y],
  nestedComments: false,
  values: [
    /(?:[nNxXbB]|_[A-Za-z0-9]+\s*)?'(?:[^'\\]|''|\\[\s\S])*(?:'|$)/y,
    /(?:_[A-Za-z0-9]+\s*)?"(?:[^"\\]|""|\\[\s\S])*(?:"|$)/y,
    /(?:0x[0-9a-fA-F]+|0b[01]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/y,
  ],
  placeholder: /\?/y,
  quotedName: /`(?:[^`]|``)*(?:`|$)/y,
  nameQuote: '`',
  plainName: /^[A-Za-z_$][\w$]*$/,
  // Whether names differ by case depends on the server's file system, so they are left as they are.
  fold: (name) => name,
  word: /@{0,2}[A-Za-z_$\u0080-\uffff][\w$\u0080-\uffff]*/y,
  longSign: /<=>|<=|>=|<>|!=|\|\||&&|->>|->|:=|<<|>>/y,
  aliases: { START: 'BEGIN', DESC: 'EXPLAIN', DESCRIBE: 'EXPLAIN', TABLE: 'SELECT' },
  harmless: new Set([...harmlessVerbs, 'USE', 'HELP', 'DO', 'UNLOCK', 'KILL', 'FLUSH', 'HANDLER', 'XA', 'BINLOG']),
  tableFollows: {
    ...usualTableFollows,
    // INTO may be left out, and other words may stand before it.
    INSERT: ['INSERT'],
    REPLACE: ['REPLACE'],
    LOAD: ['TABLE'],
    RENAME: ['TABLE'],
    OPTIMIZE: ['TABLE'],
    ANALYZE: ['TABLE'],
    USE: ['USE'],
    HANDLER: ['HANDLER'],
  },
  beforeTable: new Set([
    'INTO', 'IGNORE', 'LOW_PRIORITY', 'HIGH_PRIORITY', 'DELAYED', 'QUICK', 'TABLE', 'TABLES', 'LATERAL', 'FROM',
  ]), // prettier-ignore
  selectIntoStores: false,
}
