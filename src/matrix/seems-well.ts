import { type Baseline, referenceOf } from './baseline.ts'
import type { Observation } from './observation.ts'

/** Whether the test has passed in time, and nobody who called the program was refused. */
export function seemsWell(observation: Observation, baseline: Baseline): boolean {
  const { passed, ended, refusals } = observation
  return passed && ended === 'in time' && refusals <= referenceOf(baseline).refusals
}
