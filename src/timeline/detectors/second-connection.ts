import { consumerWork } from '../consumers.ts'
import { evidenceLine, type TimelineFinding } from '../finding.ts'
import { byTest, type Moment, type Timeline } from '../moment.ts'
import { overlaps } from '../overlaps.ts'
import { idleDuring, spanOf, type Transaction, transactionsOf } from '../transactions.ts'

/** A transaction that waited while others were asked by its side. */
interface Waited {
  readonly transaction: Transaction
  readonly beside: readonly [Moment, ...Moment[]]
  /** Between which of its statements. */
  readonly gap: string
}

/** What is by the side of so few transactions, and is asked so many times as often without one, is a job. */
const seldom = 2
const often = 3

/**
 * A statement on another connection while a transaction waits for it. Two requests at a time look alike, so nothing is
 * said where another transaction is open as well, or where statements of the two connections run at the same time; and
 * what a consumer asks that was brought a message meanwhile is its own. What is asked in most of the transactions that
 * get to this place belongs there; the rest is a coincidence, such as a job that runs beside them.
 */
export function secondConnection(timeline: Timeline): readonly TimelineFinding[] {
  const isConsumerWork = consumerWork(timeline)
  const parts = [...byTest(timeline.moments).values()].flatMap((inTest) => {
    const statements = inTest.filter(({ facts }) => facts.sql)
    return [...Map.groupBy(statements, ({ boundary }) => boundary).values()]
  })
  const looked = parts.map((statements) => inBoundary(statements, isConsumerWork))
  const passed = Map.groupBy(
    looked.flatMap(({ gaps }) => gaps),
    (gap) => gap,
  )
  const waited = looked.flatMap((each) => each.waited)
  const alike = Map.groupBy(waited, ({ gap, beside: [other] }) => `${gap}\0${other.facts.sql!.fingerprint}`)
  const asked = Map.groupBy(timeline.moments, ({ facts }) => facts.sql?.fingerprint)
  const isJob = ([one, ...others]: readonly Waited[]): boolean =>
    others.length < seldom && asked.get(one!.beside[0].facts.sql!.fingerprint)!.length > often * (1 + others.length)
  return [...alike.values()]
    .filter((group) => 2 * group.length >= passed.get(group[0]!.gap)!.length && !isJob(group))
    .flat()
    .map(({ transaction, beside }) => report(transaction, beside))
}

function inBoundary(
  statements: readonly Moment[],
  isConsumerWork: ReturnType<typeof consumerWork>,
): { readonly gaps: readonly string[]; readonly waited: readonly Waited[] } {
  const transactions = transactionsOf(statements)
  const open = overlaps(transactions, spanOf)
  const underWay = overlaps(statements, ({ asked, answered }) => ({ from: asked, to: answered }))
  const alone = transactions.filter((one) => open(spanOf(one)).every(({ session }) => session === one.session))
  const waited = alone.flatMap((transaction): Waited[] => {
    const [began] = transaction.statements
    const [first, ...others] = underWay(spanOf(transaction)).filter(
      (moment) => moment.facts.session !== transaction.session && !isConsumerWork(began, moment),
    )
    if (!first) return []
    const around = idleDuring(transaction, first)
    if (!around || !others.every((moment) => idleDuring(transaction, moment))) return []
    return [{ transaction, beside: [first, ...others], gap: gapOf(...around) }]
  })
  const gaps = alone.flatMap(({ statements: [one, ...rest] }) =>
    rest.map((after, i) => gapOf(i === 0 ? one : rest[i - 1]!, after)),
  )
  return { gaps, waited }
}

function gapOf(before: Moment, after: Moment): string {
  return [before.boundary, before.operation, after.operation].join('\0')
}

function report({ statements, boundary }: Transaction, beside: Waited['beside']): TimelineFinding {
  const [first] = statements
  const [other] = beside
  const written = new Set(statements.filter(({ effect }) => effect).map(({ operation }) => tableOf(operation)))
  const blind = beside.find(({ operation }) => written.has(tableOf(operation)))
  const before = statements.findLast(({ answered }) => answered < other.asked)!
  const after = statements.find(({ asked }) => asked > other.answered)!
  const shown = [...new Set([first, before, ...beside.slice(0, 3), after])].sort((a, b) => a.asked - b.asked)
  return {
    code: 'second-connection-in-transaction',
    severity: 'warning',
    boundary,
    test: first.test,
    title:
      `${boundary}: ${other.operation} was asked on a second connection while a transaction was open` +
      (blind ? `, and does not see what that wrote to ${tableOf(blind.operation)}` : ''),
    detail: shown.map((each) =>
      evidenceLine(each, first.at, beside.includes(each) ? 'on another connection' : undefined),
    ),
    likeness: other.facts.sql!.fingerprint,
    exchanges: shown.map(({ id }) => id),
  }
}

function tableOf(operation: string): string {
  return operation.slice(operation.indexOf(' ') + 1)
}
