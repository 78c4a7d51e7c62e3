import { referenceOf } from '../baseline.ts'
import type { Oracle } from '../judgement.ts'
import { type Ask, attemptsOf, type Observation } from '../observation.ts'
import { isOfTest } from './retry-storm.ts'

/** So many further attempts are too many where nothing was waited for: to ask at once again, once or twice, is common. */
const mostAtOnce = 2

/** Nobody calls it no pause when so much time goes by, milliseconds, whatever it was spent on. */
const shortMs = 20

/** O5: asked again and again without any pause, while the service could do nothing more. */
export const noPause: Oracle = ({ cell, fault, observation, baseline }) => {
  if (!fault.overloads || observation.asks.some(({ struck, byStandIn }) => struck && byStandIn)) return undefined
  const usual = attemptsOf(referenceOf(baseline), cell).length
  const more = attemptsOf(observation, cell).length - usual
  // Where a clean run asks several times, each of them may be tried again.
  if (more <= mostAtOnce * Math.max(1, usual)) return undefined
  const struck = observation.asks.filter(
    (ask) => ask.struck && ask.boundary === cell.boundary && ask.operation === cell.operation,
  )
  const longest = longestRow(struck, observation)
  if (longest - 1 <= mostAtOnce) return undefined
  return {
    verdict: 'retry-storm',
    oracle: 'O5',
    minor: true,
    what: `it was asked ${longest} times in a row, without any pause in between`,
    evidence: [`${longest} attempts`, 'no timer of the program in between'],
    advice: 'wait before it asks again, longer each time, and give up after a few attempts',
  }
}

/** How many attempts follow one another at once. */
function longestRow(asks: readonly Ask[], observation: Observation): number {
  let longest = 0
  let row = 0
  for (const [i, ask] of asks.entries()) {
    const before = asks[i - 1]
    row = before && isAtOnce(before, ask) && !isOfTest(ask, before, observation) ? row + 1 : 1
    longest = Math.max(longest, row)
  }
  return longest
}

/** How long a wait was nobody can tell by the real clock from what the machine takes; whether there was one timers tell. */
function isAtOnce(before: Ask, ask: Ask): boolean {
  if (ask.fired === undefined || ask.fired !== before.fired || ask.said !== before.said) return false
  return ask.at - before.at < shortMs
}
