import type { SqlDialect } from './dialect.ts'
import { type SqlToken, tokenizeSql } from './tokenize-sql.ts'

/** What a text of SQL is, without its values. */
export interface Fingerprint {
  /** `SELECT name FROM orders WHERE id = ?`; several statements are joined by `; `. */
  readonly fingerprint: string
  /** Verb and main table: `INSERT orders`, `COMMIT`. */
  readonly operation: string
  /** Whether it changes what is stored, by its verbs; what functions do is not known. */
  readonly effect: boolean
  /** Verbs of the statements, in order: `['BEGIN', 'INSERT']`. */
  readonly verbs: readonly string[]
  /** Names of functions that are called. */
  readonly calls: readonly string[]
}

const longest = 20_000
const keptTexts = 2_000

/**
 * Makes what reads texts of SQL in one dialect. Results are kept, since programs ask the same few hundred texts over
 * and over.
 */
export function fingerprinter(dialect: SqlDialect): (sql: string) => Fingerprint {
  const known = new Map<string, Fingerprint>()
  return (sql) => {
    const before = known.get(sql)
    if (before) return before
    const made = make(sql, dialect)
    if (known.size >= keptTexts) known.delete(known.keys().next().value!)
    known.set(sql, made)
    return made
  }
}

function make(sql: string, dialect: SqlDialect): Fingerprint {
  const statements = splitStatements(tokenizeSql(sql.length > longest ? sql.slice(0, longest) : sql, dialect))
  const described = statements.map((tokens) => ({ ...describe(tokens, dialect), text: normalize(tokens) }))
  const main =
    described.find(({ effect }) => effect) ?? described.find(({ verb }) => !bracketing.has(verb)) ?? described[0]
  return {
    fingerprint: described.map(({ text }) => text).join('; '),
    operation: main ? [main.verb, main.table].filter(Boolean).join(' ') : 'EMPTY',
    effect: described.some(({ effect }) => effect),
    verbs: described.map(({ verb }) => verb),
    calls: statements.flatMap(calledIn),
  }
}

const bracketing = new Set(['BEGIN', 'COMMIT', 'ROLLBACK', 'SET'])

function splitStatements(tokens: readonly SqlToken[]): SqlToken[][] {
  const statements: SqlToken[][] = [[]]
  for (const token of tokens)
    if (token.text === ';') statements.push([])
    else statements.at(-1)!.push(token)
  return statements.filter((statement) => statement.length > 0)
}

interface Described {
  readonly verb: string
  readonly table: string
  readonly effect: boolean
}

const changing = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE'])
const objects = new Set(['TABLE', 'INDEX', 'VIEW', 'SCHEMA', 'SEQUENCE', 'FUNCTION', 'TYPE', 'DATABASE', 'EXTENSION'])
function describe(tokens: readonly SqlToken[], dialect: SqlDialect): Described {
  const { aliases, harmless } = dialect
  const start = tokens.findIndex(({ text }) => text !== '(')
  const first = tokens[start]?.text.toUpperCase() ?? ''
  const main = first === 'WITH' ? mainVerb(tokens) : first === 'EXPLAIN' ? explained(tokens) : start
  const found = tokens[main]?.text.toUpperCase() ?? ''
  const verb = aliases[found] ?? found
  const inner = first === 'WITH' && tokens.some((token, i) => changing.has(token.text) && tokens[i - 1]?.text === '(')
  if (first === 'EXPLAIN') {
    const runs = tokens.slice(0, main).some(({ text }) => text === 'ANALYZE')
    return { verb: 'EXPLAIN', table: tableOf(verb, tokens, main, dialect), effect: runs && !harmless.has(verb) }
  }
  const into =
    dialect.selectIntoStores &&
    verb === 'SELECT' &&
    tokens.some(({ text }, i) => text === 'INTO' && tokens[i + 1]?.kind !== 'value')
  const copyOut = verb === 'COPY' && tokens.some(({ text }) => text === 'TO')
  const effect = inner || into || (!harmless.has(verb) && !copyOut)
  if (verb === 'CREATE' || verb === 'ALTER' || verb === 'DROP') return defined(verb, tokens, main, dialect)
  if (verb === 'ROLLBACK' && tokens.some(({ text }) => text === 'TO')) return { verb: 'ROLLBACK TO', table: '', effect }
  return { verb, table: tableOf(verb, tokens, main, dialect), effect }
}

/** Where the statement begins that the common table expressions belong to. */
function mainVerb(tokens: readonly SqlToken[]): number {
  let depth = 0
  const at = tokens.findIndex(({ text }) => {
    if (text === '(') depth++
    if (text === ')') depth--
    return depth === 0 && (changing.has(text) || text === 'SELECT' || text === 'VALUES')
  })
  return Math.max(at, 0)
}

function explained(tokens: readonly SqlToken[]): number {
  const at = tokens.findIndex(({ text }, i) => i > 0 && (changing.has(text) || text === 'SELECT' || text === 'EXECUTE'))
  return at < 0 ? tokens.length : at
}

function defined(verb: string, tokens: readonly SqlToken[], from: number, dialect: SqlDialect): Described {
  const at = tokens.findIndex(({ text }, i) => i > from && objects.has(text.toUpperCase()))
  if (at < 0) return { verb, table: '', effect: true }
  const skipped = new Set(['IF', 'NOT', 'EXISTS', 'ONLY', 'CONCURRENTLY'])
  const named = tokens.findIndex(({ text }, i) => i > at && !skipped.has(text.toUpperCase()))
  return { verb: `${verb} ${tokens[at]!.text}`, table: nameAt(tokens, named, dialect), effect: true }
}

function tableOf(verb: string, tokens: readonly SqlToken[], from: number, dialect: SqlDialect): string {
  const before = dialect.tableFollows[verb]
  if (!before) return ''
  let depth = 0
  for (let i = from; i < tokens.length; i++) {
    const { text } = tokens[i]!
    if (text === '(') depth++
    if (text === ')') depth--
    if (depth > 0 || !before.includes(text)) continue
    let at = i + 1
    while (dialect.beforeTable.has(tokens[at]?.text ?? '')) at++
    return nameAt(tokens, at, dialect)
  }
  return ''
}

function nameAt(tokens: readonly SqlToken[], at: number, { usualSchema }: SqlDialect): string {
  const first = tokens[at]
  if (!first || first.kind === 'sign' || first.kind === 'value') return ''
  const parts = [first.text]
  for (let i = at + 1; tokens[i]?.text === '.'; i += 2) parts.push(tokens[i + 1]?.text ?? '')
  return (parts[0] === usualSchema && parts.length > 1 ? parts.slice(1) : parts).join('.')
}

// What comes after them is a table, an alias or a type, although it has parentheses: INSERT INTO orders (id).
const beforeColumns = new Set(['INTO', 'COPY', 'AS', 'WITH', 'RECURSIVE', 'REFERENCES'])

function calledIn(tokens: readonly SqlToken[]): string[] {
  return tokens.flatMap(({ kind, text }, i) => {
    if (kind !== 'name' || tokens[i + 1]?.text !== '(') return []
    let first = i
    while (tokens[first - 1]?.text === '.') first -= 2
    return beforeColumns.has(tokens[first - 1]?.text ?? '') ? [] : [text]
  })
}

function normalize(all: readonly SqlToken[]): string {
  const tokens = withoutSigns(all)
  let text = ''
  for (const [i, token] of tokens.entries()) {
    if (i > 0 && needsSpace(tokens[i - 1]!, token)) text += ' '
    text += token.text
  }
  return text
    .replaceAll(/\bIN \(\?(?:, \?)+\)/g, 'IN (?)')
    .replaceAll(/\bARRAY\[\?(?:, \?)+\]/g, 'ARRAY[?]')
    .replaceAll(/(\bVALUES (\((?:[^()]|\([^()]*\))*\)))(?:, \2)+/g, '$1')
}

const operandWords = new Set(['NULL', 'TRUE', 'FALSE', 'END', 'CURRENT_DATE', 'CURRENT_TIME', 'CURRENT_TIMESTAMP'])

/** A sign before a value is part of it where no operand stands before. */
function withoutSigns(tokens: readonly SqlToken[]): SqlToken[] {
  const kept: SqlToken[] = []
  for (const token of tokens) {
    if (token.kind === 'value') while (isSign(kept.at(-1)) && !isOperand(kept.at(-2))) kept.pop()
    kept.push(token)
  }
  return kept
}

function isSign(token: SqlToken | undefined): boolean {
  return token?.text === '-' || token?.text === '+'
}

function isOperand(token: SqlToken | undefined): boolean {
  if (!token || token.kind === 'value' || token.kind === 'name') return token !== undefined
  return token.kind === 'word' ? operandWords.has(token.text) : token.text === ')' || token.text === ']'
}

function needsSpace(before: SqlToken, after: SqlToken): boolean {
  if (after.text === ',' || after.text === ')' || after.text === '.' || after.text === ']' || after.text === '[')
    return false
  if (before.text === '(' || before.text === '.' || before.text === '[') return false
  if (before.text === '::' || after.text === '::') return false
  if (after.text === '(') return before.kind !== 'name'
  return true
}
