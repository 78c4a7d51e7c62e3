import { referenceOf } from '../baseline.ts'
import type { Oracle } from '../judgement.ts'
import { type Ask, attemptsOf, type Observation, stepAt } from '../observation.ts'

/** How many times something may be asked again. */
export const mostAttempts = 10

/** O5: asked again without end, or sooner than the service has said. */
export const retryStorm: Oracle = ({ cell, fault, observation, baseline }) => {
  if (observation.asks.some(({ struck: hit, byStandIn }) => hit && byStandIn)) return undefined
  const attempts = attemptsOf(observation, cell)
  const usual = attemptsOf(referenceOf(baseline), cell).length
  const more = attempts.length - usual
  if (more >= (fault.patience ?? mostAttempts)) {
    const what = `it was asked ${attempts.length} times instead of ${usual}, without a limit of its own`
    return {
      verdict: 'retry-storm',
      oracle: 'O5',
      what,
      evidence: [`${attempts.length} attempts`, describeGaps(attempts)],
    }
  }
  const struck = observation.asks.find((ask) => ask.struck)
  if (fault.waitMs === undefined || !struck) return undefined
  const next = observation.asks.find(
    ({ boundary, operation, place }) =>
      boundary === cell.boundary && operation === cell.operation && place > struck.place,
  )
  if (!next || isOfTest(next, struck, observation)) return undefined
  const waited = next.at - struck.at
  // A clock that counts milliseconds may be off by some.
  if (more <= 0 || waited >= fault.waitMs - 5) return undefined
  const what = `it was asked again after ${waited} ms, though told to wait for ${fault.waitMs} ms`
  return { verdict: 'retry-storm', oracle: 'O5', what, evidence: [`${waited} ms between two attempts`] }
}

/** What is asked in a later step of the test, or as it calls the program, the test itself has asked for once more. */
export function isOfTest(next: Ask, struck: Ask, observation: Observation): boolean {
  const isLater = stepAt(observation, next.place) > stepAt(observation, struck.place)
  return isLater || next.byTest === true || next.fromTest === true
}

/** Whether whoever asks again leaves more and more time in between. */
function describeGaps(attempts: readonly number[]): string {
  const gaps = attempts.slice(1).map((at, i) => at - attempts[i]!)
  const [first, longest] = [gaps[0] ?? 0, Math.max(0, ...gaps)]
  // What takes a moment longer has not been waited for.
  const grows = longest > 2 * first + 50
  return grows ? `${first} ms in between at first, up to ${longest} ms` : `${first} ms in between, and never longer`
}
