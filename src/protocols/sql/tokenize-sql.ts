import type { SqlDialect } from './dialect.ts'

/** What a token is: a word of SQL, a name, a value (literal or parameter), or a sign. */
export type TokenKind = 'word' | 'name' | 'value' | 'sign'

/** One token, in its normal spelling: words in capitals, names unquoted where they can be, values as `?`. */
export interface SqlToken {
  readonly kind: TokenKind
  readonly text: string
  /** Where it begins in the statement, in code units. */
  readonly at: number
  /** The value is sent beside the text. */
  readonly placeholder?: true
}

const blank = /\s+/y

/** Splits a statement into tokens, without comments. Anything is accepted; an unclosed literal reaches to the end. */
export function tokenizeSql(sql: string, dialect: SqlDialect): SqlToken[] {
  const tokens: SqlToken[] = []
  let at = 0
  const matched = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    return pattern.exec(sql)?.[0]
  }
  const push = (token: Omit<SqlToken, 'at'>, length: number): void => {
    tokens.push({ ...token, at })
    at += length
  }
  while (at < sql.length) {
    const skipped =
      matched(blank)?.length ?? first(dialect.comments, matched) ?? blockComment(sql, at, dialect.nestedComments)
    if (skipped > 0) {
      at += skipped
      continue
    }
    const placeholder = matched(dialect.placeholder)
    if (placeholder !== undefined) {
      push({ kind: 'value', text: '?', placeholder: true }, placeholder.length)
      continue
    }
    const literal = fencedLength(sql, at, dialect.fence && matched(dialect.fence)) || first(dialect.values, matched)
    if (literal) {
      push({ kind: 'value', text: '?' }, literal)
      continue
    }
    const quoted = matched(dialect.quotedName)
    if (quoted !== undefined) {
      push({ kind: 'name', text: unquote(quoted, dialect) }, quoted.length)
      continue
    }
    const word = matched(dialect.word)
    if (word !== undefined) {
      const capitals = word.toUpperCase()
      const known = dialect.words.has(capitals)
      push(known ? { kind: 'word', text: capitals } : { kind: 'name', text: dialect.fold(word) }, word.length)
      continue
    }
    const sign = matched(dialect.longSign) ?? sql[at]!
    push({ kind: 'sign', text: sign }, sign.length)
  }
  return tokens
}

function first(patterns: readonly RegExp[], matched: (pattern: RegExp) => string | undefined): number | undefined {
  for (const pattern of patterns) {
    const found = matched(pattern)?.length
    if (found !== undefined) return found
  }
  return undefined
}

function fencedLength(sql: string, at: number, fence: string | undefined): number {
  if (fence === undefined) return 0
  const close = sql.indexOf(fence, at + fence.length)
  return (close < 0 ? sql.length : close + fence.length) - at
}

/** Length of the comment at `at`, with the comments in it; 0 when there is none. */
function blockComment(sql: string, at: number, nested: boolean): number {
  if (!sql.startsWith('/*', at)) return 0
  if (!nested) {
    const close = sql.indexOf('*/', at + 2)
    return (close < 0 ? sql.length : close + 2) - at
  }
  const edge = /\/\*|\*\//g
  edge.lastIndex = at
  let depth = 0
  for (let found = edge.exec(sql); found; found = edge.exec(sql)) {
    depth += found[0] === '/*' ? 1 : -1
    if (depth === 0) return edge.lastIndex - at
  }
  return sql.length - at
}

function unquote(quoted: string, { nameQuote, plainName, words }: SqlDialect): string {
  const end = quoted.endsWith(nameQuote) && quoted.length > 1 ? -1 : undefined
  const name = quoted.slice(quoted.indexOf(nameQuote) + 1, end)
  return plainName.test(name) && !words.has(name.toUpperCase()) ? name : `${nameQuote}${name}${nameQuote}`
}
