import { evidenceLine, type TimelineFinding } from '../finding.ts'
import { byTest, type Moment, type Timeline } from '../moment.ts'

/** A POST or PATCH that failed in a way that leaves open whether it happened, sent again without an idempotency key. */
export function repeatedEffect({ moments }: Timeline): readonly TimelineFinding[] {
  return [...byTest(moments).values()].flatMap((inTest) => {
    const effects = inTest.filter(({ effect, facts }) => effect && facts.http && !facts.http.repeatable)
    return effects.flatMap((moment, i) => {
      const again = isUnclear(moment) ? effects.slice(i + 1).find((each) => isSame(each, moment)) : undefined
      return again ? [report(moment, again)] : []
    })
  })
}

function isUnclear({ facts: { http, failure } }: Moment): boolean {
  return failure === 'timeout' || failure === 'reset' || http!.status >= 500
}

function isSame(again: Moment, first: Moment): boolean {
  return (
    again.asked > first.answered &&
    again.boundary === first.boundary &&
    again.facts.http!.sent === first.facts.http!.sent
  )
}

function report(first: Moment, again: Moment): TimelineFinding {
  const { boundary, operation, test, answer, at } = first
  return {
    code: 'repeated-effect',
    severity: 'warning',
    boundary,
    test,
    title: `${boundary}: ${operation} was sent again after ${answer ?? 'no answer'}, without an idempotency key`,
    detail: [evidenceLine(first, at), evidenceLine(again, at, 'the same again')],
    likeness: operation,
    exchanges: [first.id, again.id],
  }
}
