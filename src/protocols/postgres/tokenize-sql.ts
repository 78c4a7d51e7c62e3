import { sqlWords } from './sql-words.ts'

/** What a token is: a word of SQL, a name, a value (literal or parameter), or a sign. */
export type TokenKind = 'word' | 'name' | 'value' | 'sign'

/** One token, in its normal spelling: words in capitals, names unquoted where they can be, values as `?`. */
export interface SqlToken {
  readonly kind: TokenKind
  readonly text: string
}

const plainName = /^[a-z_][a-z0-9_$]*$/
const patterns = {
  blank: /\s+/y,
  lineComment: /--[^\n]*/y,
  number: /(?:0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)/y,
  parameter: /\$\d+/y,
  dollarTag: /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y,
  escapeString: /[eE]'(?:[^'\\]|''|\\[\s\S])*(?:'|$)/y,
  string: /(?:[bBxXnN]|[uU]&)?'(?:[^']|'')*(?:'|$)/y,
  quotedName: /(?:[uU]&)?"(?:[^"]|"")*(?:"|$)/y,
  word: /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y,
  cast: /::|<=|>=|<>|!=|\|\||->>|->|#>>|#>|@>|<@|:=|=>/y,
} as const

/** Splits a statement into tokens, without comments. Anything is accepted; an unclosed literal reaches to the end. */
export function tokenizeSql(sql: string): SqlToken[] {
  const tokens: SqlToken[] = []
  let at = 0
  const matched = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    return pattern.exec(sql)?.[0]
  }
  const push = (kind: TokenKind, text: string, length: number): void => {
    tokens.push({ kind, text })
    at += length
  }
  while (at < sql.length) {
    const skipped = matched(patterns.blank)?.length ?? matched(patterns.lineComment)?.length ?? blockComment(sql, at)
    if (skipped > 0) {
      at += skipped
      continue
    }
    const literal = literalLength(sql, at, matched)
    if (literal > 0) {
      push('value', '?', literal)
      continue
    }
    const quoted = matched(patterns.quotedName)
    if (quoted !== undefined) {
      push('name', unquote(quoted), quoted.length)
      continue
    }
    const word = matched(patterns.word)
    if (word !== undefined) {
      const capitals = word.toUpperCase()
      const known = sqlWords.has(capitals)
      push(known ? 'word' : 'name', known ? capitals : word.toLowerCase(), word.length)
      continue
    }
    const sign = matched(patterns.cast) ?? sql[at]!
    push('sign', sign, sign.length)
  }
  return tokens
}

function literalLength(sql: string, at: number, matched: (pattern: RegExp) => string | undefined): number {
  const parameter = matched(patterns.parameter)
  if (parameter !== undefined) return parameter.length
  const tag = matched(patterns.dollarTag)
  if (tag !== undefined) {
    const close = sql.indexOf(tag, at + tag.length)
    return (close < 0 ? sql.length : close + tag.length) - at
  }
  return (
    matched(patterns.escapeString)?.length ?? matched(patterns.string)?.length ?? matched(patterns.number)?.length ?? 0
  )
}

/** Length of the comment at `at`, with the comments in it; 0 when there is none. */
function blockComment(sql: string, at: number): number {
  if (!sql.startsWith('/*', at)) return 0
  const edge = /\/\*|\*\//g
  edge.lastIndex = at
  let depth = 0
  for (let found = edge.exec(sql); found; found = edge.exec(sql)) {
    depth += found[0] === '/*' ? 1 : -1
    if (depth === 0) return edge.lastIndex - at
  }
  return sql.length - at
}

function unquote(quoted: string): string {
  const name = quoted.slice(quoted.indexOf('"') + 1, quoted.endsWith('"') && quoted.length > 1 ? -1 : undefined)
  return plainName.test(name) && !sqlWords.has(name.toUpperCase()) ? name : `"${name}"`
}
