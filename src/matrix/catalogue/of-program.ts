import { referenceOf } from '../baseline.ts'
import type { ExchangeClass } from '../classes.ts'

/**
 * Whether the program asks it. A test may wait without end for what it sets up by itself, and no program is to blame
 * for that: where lines are known at all, a line of the program must be known to ask.
 */
export function isOfProgram({ site, baseline }: ExchangeClass): boolean {
  const { asks, moments } = referenceOf(baseline)
  return site !== undefined || ![...asks, ...moments].some((one) => one.site !== undefined)
}
