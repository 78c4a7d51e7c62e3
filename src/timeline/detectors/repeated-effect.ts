import { evidenceLine, type TimelineFinding } from '../finding.ts'
import { byTest, type Moment, type Timeline } from '../moment.ts'

/** A POST or PATCH that failed in a way that leaves open whether it happened, sent again under no key or another one. */
export function repeatedEffect({ moments }: Timeline): readonly TimelineFinding[] {
  return [...byTest(moments).values()].flatMap((inTest) => {
    const effects = inTest.filter(({ effect, protocol }) => effect && protocol === 'http')
    return effects.flatMap((moment, i) => {
      if (!isUnclear(moment)) return []
      const again = effects.slice(i + 1).find((each) => isSame(each, moment))
      return again ? [report(moment, again)] : []
    })
  })
}

function isUnclear({ ok, facts }: Moment): boolean {
  if (ok !== false || !facts.http || facts.http.repeatable) return false
  return facts.failure === 'timeout' || facts.failure === 'reset' || facts.http.status >= 500
}

function isSame(again: Moment, first: Moment): boolean {
  if (again.asked < first.answered || again.boundary !== first.boundary || again.operation !== first.operation)
    return false
  const [now, before] = [again.facts.http, first.facts.http!]
  if (now?.sent !== before.sent) return false
  return before.idempotencyKey === undefined || now.idempotencyKey !== before.idempotencyKey
}

function report(first: Moment, again: Moment): TimelineFinding {
  const { boundary, operation, test, answer, at, facts } = first
  const key = facts.http!.idempotencyKey === undefined ? 'without an idempotency key' : 'under another idempotency key'
  return {
    code: 'repeated-effect',
    severity: 'warning',
    boundary,
    test,
    title: `${boundary}: ${operation} was sent again after ${answer ?? 'no answer'}, ${key}`,
    detail: [evidenceLine(first, at), evidenceLine(again, at, 'the same again')],
    likeness: operation,
    exchanges: [first.id, again.id],
  }
}
