import { consumerWork } from '../consumers.ts'
import { evidenceLine, type TimelineFinding } from '../finding.ts'
import { byTest, type Moment, type Timeline } from '../moment.ts'
import { overlaps } from '../overlaps.ts'
import { idleDuring, spanOf, type Transaction, transactionsOf } from '../transactions.ts'

/**
 * A statement on another connection while a transaction waits for it. Two requests at a time look alike, so nothing is
 * said where another transaction is open as well, or where statements of the two connections run at the same time; and
 * what a consumer asks that was brought a message meanwhile is its own.
 */
export function secondConnection(timeline: Timeline): readonly TimelineFinding[] {
  const isConsumerWork = consumerWork(timeline)
  return [...byTest(timeline.moments).values()].flatMap((inTest) => {
    const statements = inTest.filter(({ facts }) => facts.sql)
    return [...Map.groupBy(statements, ({ boundary }) => boundary).values()].flatMap((each) =>
      inBoundary(each, isConsumerWork),
    )
  })
}

function inBoundary(
  statements: readonly Moment[],
  isConsumerWork: ReturnType<typeof consumerWork>,
): readonly TimelineFinding[] {
  const transactions = transactionsOf(statements)
  const open = overlaps(transactions, spanOf)
  const underWay = overlaps(statements, ({ asked, answered }) => ({ from: asked, to: answered }))
  return transactions.flatMap((transaction) => {
    const span = spanOf(transaction)
    if (open(span).some(({ session }) => session !== transaction.session)) return []
    const [began] = transaction.statements
    const beside = underWay(span).filter(
      (moment) => moment.facts.session !== transaction.session && !isConsumerWork(began, moment),
    )
    const waited = beside.every((moment) => idleDuring(transaction, moment))
    return beside.length > 0 && waited ? [report(transaction, beside)] : []
  })
}

function report({ statements, boundary }: Transaction, beside: readonly Moment[]): TimelineFinding {
  const [first] = statements
  const [other] = beside as [Moment]
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
