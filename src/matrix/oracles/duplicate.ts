import { describeDifference, isHard, isMadeUpFor } from '../case.ts'
import type { Oracle } from '../judgement.ts'

/** O1: something that must happen once has happened more often than in a clean run. */
export const duplicate: Oracle = (shown) => {
  const more = shown.extra.filter((one) => !one.repeatable && one.was > 0 && (isHard(one) || one.kind === 'cache'))
  const left = more.filter((one) => !isMadeUpFor(shown, one))
  if (left.length === 0) return undefined
  const evidence = left.map(describeDifference)
  return { verdict: 'duplicate', oracle: 'O1', what: evidence[0]!, evidence, differences: left }
}
