import { noRows, nullColumns } from '../../modes/faults/altered-rows.ts'
import { idleConnectionLost } from '../../modes/faults/idle-connection-lost.ts'
import { referenceOf } from '../baseline.ts'
import { lostAnswer } from '../../modes/faults/lost-answer.ts'
import { lostConnection } from '../../modes/faults/lost-connection.ts'
import { sqlstate } from '../../modes/faults/sqlstate.ts'
import type { CatalogueFault } from '../catalogue.ts'
import type { Moment } from '../../timeline/moment.ts'
import { transactionsOf } from '../../timeline/transactions.ts'
import type { ExchangeClass } from '../classes.ts'

const databases: ReadonlySet<string> = new Set(['postgres', 'mysql'])

const writing = /^(?:INSERT|UPDATE|DELETE|MERGE|REPLACE)\b/

const asked = ({ protocol, outcome }: ExchangeClass): boolean => databases.has(protocol) && outcome === 'ok'
/** Also what was refused, and is dealt with, such as a row that is there already. */
const answered = ({ protocol, operation }: ExchangeClass): boolean =>
  databases.has(protocol) && (writing.test(operation) || /^SELECT\b/.test(operation))
const isCommit = (exchanges: ExchangeClass): boolean => asked(exchanges) && /^COMMIT\b/.test(exchanges.operation)
const writes = (exchanges: ExchangeClass): boolean => asked(exchanges) && writing.test(exchanges.operation)
const inserts = (exchanges: ExchangeClass): boolean => asked(exchanges) && /^INSERT\b/.test(exchanges.operation)
const reads = (exchanges: ExchangeClass): boolean => asked(exchanges) && /^SELECT\b/.test(exchanges.operation)

const again = 'roll back, and do the whole transaction again'
const whole = `${again}, or fail as a whole`

/** What databases do to those who ask them. */
export const sqlFaults: readonly CatalogueFault[] = [
  {
    name: 'commit answer lost',
    family: 'error',
    said: 'was done, and the connection was lost before its answer',
    expected: 'find out whether it was done before doing it again',
    reaches: true,
    weight: 9,
    applies: isCommit,
    arm: (aim) => lostAnswer(aim),
  },
  {
    name: 'lost before commit',
    family: 'error',
    said: 'was never done: the connection was lost before',
    expected: whole,
    reaches: false,
    weight: 9,
    applies: isCommit,
    arm: (aim) => lostConnection(aim),
  },
  {
    name: 'write answer lost',
    family: 'error',
    said: 'was done, and the connection was lost before its answer',
    expected: 'find out whether it was done before doing it again',
    reaches: true,
    weight: 8,
    applies: (exchanges) => writes(exchanges) && !exchanges.inTransaction,
    arm: (aim) => lostAnswer(aim),
  },
  {
    name: 'sqlstate 40001',
    family: 'error',
    said: 'failed with 40001, a serialization failure',
    expected: again,
    reaches: false,
    passing: true,
    weight: 7,
    applies: (exchanges) => isCommit(exchanges) || ((writes(exchanges) || reads(exchanges)) && exchanges.inTransaction),
    strikes: (moment, exchanges) => moment.effect || isCommit(exchanges) || isOfSnapshot(moment, exchanges),
    arm: (aim) => sqlstate('40001', aim),
  },
  {
    name: 'sqlstate 40P01',
    family: 'error',
    said: 'failed with 40P01, a deadlock',
    expected: again,
    reaches: false,
    passing: true,
    weight: 5,
    applies: writes,
    arm: (aim) => sqlstate('40P01', aim),
  },
  {
    name: 'sqlstate 23505',
    family: 'error',
    said: 'failed with 23505, a row like it is there already',
    expected: 'look at what is there already',
    reaches: false,
    passing: true,
    weight: 4,
    applies: inserts,
    strikes: (moment) => !settlesConflicts(moment),
    arm: (aim) => sqlstate('23505', aim),
  },
  {
    name: 'sqlstate 25006',
    family: 'error',
    said: 'failed with 25006: the database was read-only',
    expected: whole,
    reaches: false,
    weight: 4,
    applies: writes,
    arm: (aim) => sqlstate('25006', aim),
  },
  {
    name: 'connection lost',
    family: 'error',
    said: 'was never done: the connection was lost',
    expected: 'take another connection, and fail as a whole',
    reaches: false,
    disconnects: true,
    weight: 6,
    applies: answered,
    arm: (aim) => lostConnection(aim),
  },
  {
    name: 'database full',
    family: 'error',
    said: 'was never done: the connection was lost, and a new one was refused with 53300, too many clients',
    expected: 'fail, and take a connection when there is one again',
    reaches: false,
    spoils: true,
    once: true,
    weight: 3,
    applies: (exchanges) => writes(exchanges) || reads(exchanges),
    arm: (aim) => ({
      ...lostConnection(aim),
      next: sqlstate('53300', { operation: 'CONNECT', times: Number.POSITIVE_INFINITY }),
    }),
  },
  {
    name: 'sqlstate 57014',
    family: 'error',
    said: 'was cancelled with 57014 after too long a time',
    expected: 'roll back, fail, and give the connection back',
    reaches: false,
    // Of a write it is one more way to fail.
    once: true,
    weight: 3,
    applies: (exchanges) => writes(exchanges) || reads(exchanges),
    arm: (aim) => sqlstate('57014', aim),
  },
  {
    name: 'idle connection lost',
    family: 'error',
    said: 'was done, and its idle connection was ended by the server',
    expected: 'listen to the errors of the pool, and take another connection',
    reaches: true,
    lingers: true,
    once: true,
    weight: 6,
    applies: (exchanges) =>
      isCommit(exchanges) || ((writes(exchanges) || reads(exchanges)) && !exchanges.inTransaction),
    arm: (aim) => idleConnectionLost(aim),
  },
  {
    name: 'null columns',
    family: 'error',
    said: 'was answered with NULL in all columns that may be NULL',
    expected: 'do without what may be NULL, or say that it is missing',
    reaches: true,
    once: true,
    weight: 4,
    applies: reads,
    strikes: fromTables,
    arm: (aim) => nullColumns(aim),
  },
  {
    name: 'no rows',
    family: 'error',
    said: 'was answered without what had just been written, as by a replica that lags behind',
    expected: 'read what was just written from where it was written',
    reaches: true,
    blunt: true,
    once: true,
    weight: 3,
    applies: reads,
    strikes: (moment, exchanges) => fromTables(moment) && readsItsWrites(moment, exchanges),
    arm: (aim) => noRows(aim),
  },
]

const computed =
  /\b(?:count|sum|avg|min|max|bool_or|bool_and|every|group_concat|json_(?:array|object)agg|\w+_agg)\s*\(/i

/** Whether an INSERT says what is to become of a row that is there already. */
function settlesConflicts({ facts }: Moment): boolean {
  return /\bON CONFLICT\b|\bON DUPLICATE KEY\b|\bIGNORE\b/i.test(facts.sql?.text ?? '')
}

/** Whether rows of a table came back, and not only what was computed of them. */
function fromTables({ facts }: Moment): boolean {
  if (!facts.sql || facts.sql.rows === 0) return false
  const { text } = facts.sql
  return /\bFROM\s+["`\w]/i.test(text) && (!computed.test(text) || /\bGROUP BY\b/i.test(text))
}

/** Whether it is read in a transaction that sees one state of the database all along: only there reading can fail. */
function isOfSnapshot(moment: Moment, { baseline }: ExchangeClass): boolean {
  const own = transactionsOf(referenceOf(baseline).moments).find(({ statements }) => statements.includes(moment))
  return own?.statements.some(({ facts }) => snapshot.test(facts.sql?.text ?? '')) ?? false
}

const snapshot = /^\s*(?:BEGIN|START|SET)\b.*\bISOLATION\s+LEVEL\s+(?:REPEATABLE\s+READ|SERIALIZABLE)\b/is

/** Whether the same test has written before to what is read. */
function readsItsWrites({ boundary, operation, asked: at }: Moment, { baseline }: ExchangeClass): boolean {
  const tables = operation.replace(/^SELECT /, '').split(/[ ,]+/)
  return referenceOf(baseline).moments.some(
    (moment) =>
      moment.boundary === boundary &&
      moment.asked < at &&
      writing.test(moment.operation) &&
      tables.some((table) => moment.operation.endsWith(` ${table}`)),
  )
}
