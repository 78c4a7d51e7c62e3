import { consumerWork } from '../consumers.ts'
import { evidenceLine, type TimelineFinding } from '../finding.ts'
import { byTest, endOf, type Moment, type Timeline } from '../moment.ts'
import { overlaps } from '../overlaps.ts'
import { idleDuring, spanOf, type Transaction, transactionsOf } from '../transactions.ts'

/** An answer of another service that a transaction waits for matters from this long on, milliseconds; of HTTP, always. */
const longWaitMs = 250
/** Nothing at all for this long, milliseconds, is a wait as well. */
const silenceMs = 1000

/** A transaction that is open while something else is waited for: an HTTP call above all. */
export function idleInTransaction(timeline: Timeline): readonly TimelineFinding[] {
  const isConsumerWork = consumerWork(timeline)
  return [...byTest(timeline.moments).values()].flatMap((inTest) => {
    // A message within a transaction is told of for what it says, not for how long it takes.
    const outside = inTest.filter(
      ({ facts }) =>
        !facts.sql && !facts.connect && facts.subscribed === undefined && !facts.published && !facts.incoming,
    )
    const during = overlaps(outside, ({ asked, answered }) => ({ from: asked, to: answered }))
    const transactions = transactionsOf(inTest)
    const open = overlaps(transactions, spanOf)
    // Where two are open at a time there are several requests, and a short wait may be another one's.
    const isAlone = transactions.every((one) => open(spanOf(one)).every(({ session }) => session === one.session))
    return transactions.flatMap((transaction) => {
      const [began] = transaction.statements
      const others = during(spanOf(transaction)).filter((moment) => !isConsumerWork(began, moment))
      return waitsOf(transaction, isAlone ? others : others.filter(({ durationMs }) => (durationMs ?? 0) >= longWaitMs))
    })
  })
}

function waitsOf(transaction: Transaction, others: readonly Moment[]): readonly TimelineFinding[] {
  const waited = others.flatMap((moment) => {
    const around = isLong(moment) ? idleDuring(transaction, moment) : undefined
    return around ? [report(transaction, moment, around)] : []
  })
  if (waited.length > 0) return waited
  const { statements } = transaction
  for (const [i, before] of statements.entries()) {
    const after = statements[i + 1]
    if (after && after.at - endOf(before) >= silenceMs) return [report(transaction, undefined, [before, after])]
  }
  return []
}

function isLong({ protocol, durationMs }: Moment): boolean {
  return durationMs !== null && (protocol === 'http' || durationMs >= longWaitMs)
}

function report(
  { statements, boundary }: Transaction,
  waited: Moment | undefined,
  [before, after]: readonly [Moment, Moment],
): TimelineFinding {
  const [first] = statements
  const idle = Math.round(after.at - endOf(before))
  const shown = [...new Set([first, before, ...(waited ? [waited] : []), after])]
  return {
    code: 'idle-in-transaction',
    severity: 'warning',
    boundary,
    test: first.test,
    title: waited
      ? `${boundary}: a transaction stayed open while ${waited.boundary} was asked ${waited.operation} (${Math.max(idle, 0)} ms)`
      : `${boundary}: a transaction stayed open for ${(idle / 1000).toFixed(1)} s in which nothing was asked`,
    detail: shown.map((each) =>
      evidenceLine(each, first.at, each === waited ? 'the transaction waits for this' : undefined),
    ),
    likeness: waited ? `${waited.boundary} ${waited.operation}` : `silence after ${before.operation}`,
    exchanges: shown.map(({ id }) => id),
  }
}
