import { referenceOf } from '../baseline.ts'
import type { Oracle } from '../judgement.ts'

/** O8: something stayed open that a clean run closes. */
export const leak: Oracle = ({ observation, baseline }) => {
  const usual = new Set(referenceOf(baseline).leftBehind)
  const left = observation.leftBehind.filter((line) => !usual.has(line))
  if (left.length === 0) return undefined
  return { verdict: 'leak', oracle: 'O8', what: `it left behind ${left[0]}`, evidence: left }
}
