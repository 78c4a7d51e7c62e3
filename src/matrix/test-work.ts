import { keyOfTest } from '../timeline/moment.ts'
import type { Baseline } from './baseline.ts'

/** What a test does besides its effects, in effects: about. */
const besides = 2

/** How much a stable test does: the same in every run, where how long it takes is another time in each. */
export function workOf({ effects }: Baseline): number {
  return besides + effects.filter(({ repeatable }) => !repeatable).length
}

/** The tests that do least first; always in the same order. */
export function byWork(a: Baseline, b: Baseline): number {
  return workOf(a) - workOf(b) || (keyOfTest(a.test) < keyOfTest(b.test) ? -1 : 1)
}
