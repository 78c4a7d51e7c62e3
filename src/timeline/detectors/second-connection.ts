import { evidenceLine, type TimelineFinding } from '../finding.ts'
import { byTest, type Moment, type Timeline } from '../moment.ts'
import { idleDuring, type Transaction, transactionsOf } from '../transactions.ts'

/**
 * A statement on another connection while a transaction waits for it. Two requests at a time look alike, so nothing is
 * said where another transaction is open as well, or where statements of the two connections run at the same time.
 */
export function secondConnection({ moments }: Timeline): readonly TimelineFinding[] {
  return [...byTest(moments).values()].flatMap((inTest) => {
    const transactions = transactionsOf(inTest)
    return transactions.flatMap((transaction) => {
      if (transactions.some((other) => other !== transaction && overlaps(transaction, other))) return []
      const beside = statementsBeside(transaction, inTest)
      const waited = beside.map((moment) => idleDuring(transaction, moment))
      if (beside.length === 0 || waited.includes(undefined)) return []
      return [report(transaction, beside)]
    })
  })
}

function overlaps(a: Transaction, b: Transaction): boolean {
  if (a.boundary !== b.boundary || a.session === b.session) return false
  return a.statements[0].asked < b.ended && b.statements[0].asked < a.ended
}

function statementsBeside({ boundary, session, statements, ended }: Transaction, moments: readonly Moment[]): Moment[] {
  const [{ asked: began }] = statements
  return moments.filter(
    ({ facts, boundary: where, asked, answered }) =>
      where === boundary && facts.sql && facts.session !== session && answered > began && asked < ended,
  )
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
