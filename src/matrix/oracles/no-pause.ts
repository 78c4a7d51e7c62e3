import { referenceOf } from '../baseline.ts'
import type { Oracle } from '../judgement.ts'
import { type Ask, attemptsOf, type Observation } from '../observation.ts'
import { isOfTest } from './retry-storm.ts'

/** So many further attempts are too many where nothing was waited for: to ask at once again, once or twice, is common. */
const mostAtOnce = 2

/** Nobody calls it no pause when so much time goes by mostly, milliseconds, whoever has waited. One may be a slow moment. */
const shortMs = 50

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
  const rows: Ask[][] = []
  for (const ask of asks) {
    const before = rows.at(-1)?.at(-1)
    const goesOn = before && isWithoutTimer(before, ask) && !isOfTest(ask, before, observation)
    if (goesOn) rows.at(-1)!.push(ask)
    else rows.push([ask])
  }
  return Math.max(0, ...rows.filter(isShort).map(({ length }) => length))
}

/** How short a wait was the real clock cannot tell from what the machine takes; whether there was one timers tell. */
function isWithoutTimer(before: Ask, ask: Ask): boolean {
  return ask.fired !== undefined && ask.fired === before.fired && ask.said === before.said
}

/** Who waits without a timer of the program, such as another process, takes its time each time. */
function isShort(row: readonly Ask[]): boolean {
  const gaps = row.slice(1).map(({ at }, i) => at - row[i]!.at)
  const middle = gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 0
  return middle < shortMs
}
