import { type SqlStatement, splitSql } from '../../protocols/postgres/split-sql.ts'

/** Something that does not work when all connections share one transaction that is rolled back. */
export interface PinPitfall {
  /** `notify`, `advisory lock` */
  readonly kind: string
  /** Why, as half a sentence: `a notification is sent by a commit, and there is none`. */
  readonly reason: string
}

const notified = 'a notification is sent by a commit, and there is none'
const onlyOne = 'connections that share one session never wait for each other'
const alone = 'it cannot run in a transaction'
const fixed = 'the transaction that all share has begun already'

/** Each looks at the words of one statement, in capitals. */
const rules: readonly (PinPitfall & { found(words: readonly string[]): boolean })[] = [
  { kind: 'notify', reason: notified, found: ([verb]) => verb === 'LISTEN' || verb === 'NOTIFY' },
  { kind: 'notify', reason: notified, found: calls(/^PG_NOTIFY$/) },
  { kind: 'advisory lock', reason: onlyOne, found: calls(/^PG_(?:TRY_)?ADVISORY_/) },
  { kind: 'lock', reason: onlyOne, found: (words) => words.includes('NOWAIT') || follows(words, 'SKIP', 'LOCKED') },
  { kind: 'outside of a transaction', reason: alone, found: (words) => isAlone(words) },
  { kind: 'isolation level', reason: fixed, found: (words) => setsIsolation(words) },
  {
    kind: 'two-phase commit',
    reason: alone,
    found: (words) => follows(words, 'PREPARE', 'TRANSACTION') || words[1] === 'PREPARED',
  },
  {
    kind: 'local setting',
    reason: 'it would stay when the transaction of its connection ends',
    found: (words) => words[0] === 'SET' && words[1] === 'LOCAL',
  },
  {
    kind: 'whole session',
    reason: 'the session belongs to all connections',
    found: ([verb, what]) => (verb === 'DISCARD' || verb === 'DEALLOCATE') && (what === 'ALL' || verb === 'DISCARD'),
  },
  {
    kind: 'prepared by SQL',
    reason: 'its name would be taken for all connections',
    found: ([verb, what]) => verb === 'PREPARE' && what !== 'TRANSACTION',
  },
]

// A function runs in a transaction anyway.
const inFunctions = rules.filter(({ kind }) => ['notify', 'advisory lock', 'lock'].includes(kind))

/** What of the text does not work in a shared transaction, if anything. */
export function pitfallOf(sql: string): PinPitfall | undefined {
  for (const { words } of splitSql(sql)) {
    const rule = rules.find(({ found }) => found(words))
    if (rule) return { kind: rule.kind, reason: rule.reason }
  }
  return undefined
}

/** What of the body of a function does not work, if anything; statements in it are found wherever they begin. */
export function pitfallIn(source: string): PinPitfall | undefined {
  const words = splitSql(source).flatMap((statement) => [...statement.words, ';'])
  for (const [i, word] of words.entries()) {
    const before = words[i - 1]
    const begins = before === undefined || [';', 'BEGIN', 'THEN', 'ELSE', 'LOOP'].includes(before)
    const some = word === 'NOTIFY' && begins ? ['NOTIFY'] : ['', ...words.slice(i, i + 2)]
    const rule = inFunctions.find(({ found }) => found(some))
    if (rule) return { kind: rule.kind, reason: rule.reason }
  }
  return undefined
}

const clocks = /^(?:NOW|TRANSACTION_TIMESTAMP|CURRENT_TIMESTAMP|CURRENT_TIME|LOCALTIMESTAMP|LOCALTIME)$/
const writes = /^(?:INSERT|UPDATE|DELETE|MERGE)$/

/** Whether the statement stores the time of its transaction. */
export function storesTime({ words }: SqlStatement): boolean {
  return words.some((word) => writes.test(word)) && words.some((word) => clocks.test(word))
}

function calls(name: RegExp): (words: readonly string[]) => boolean {
  return (words) => words.some((word, i) => name.test(word) && words[i + 1] === '(')
}

function follows(words: readonly string[], first: string, second: string): boolean {
  return words.some((word, i) => word === first && words[i + 1] === second)
}

function isAlone(words: readonly string[]): boolean {
  const [verb = '', what = ''] = words
  if (verb === 'VACUUM' || (verb === 'ALTER' && what === 'SYSTEM')) return true
  if (/^(?:CREATE|DROP|REINDEX|ALTER)$/.test(verb) && words.slice(0, 5).includes('CONCURRENTLY')) return true
  if (verb === 'ALTER') return words.includes('DETACH') && words.includes('CONCURRENTLY')
  if (verb === 'REINDEX') return what === 'DATABASE' || what === 'SYSTEM'
  return /^(?:CREATE|DROP)$/.test(verb) && /^(?:DATABASE|TABLESPACE|SUBSCRIPTION)$/.test(what)
}

function setsIsolation(words: readonly string[]): boolean {
  const sets = /^(?:SET|BEGIN|START)$/.test(words[0] ?? '')
  const at = words.findIndex((word, i) => word === 'ISOLATION' && words[i + 1] === 'LEVEL')
  // What a transaction has unless it is told otherwise may be asked for.
  return sets && at > 0 && !(words[at + 2] === 'READ' && words[at + 3] === 'COMMITTED')
}
