import { referenceOf } from '../baseline.ts'
import type { Oracle } from '../judgement.ts'
import { type Observation, placeOf, stepAt } from '../observation.ts'
import type { Moment } from '../../timeline/moment.ts'

/**
 * O10: a connection was lost once, and a later step of the test did all that it does before it asks the service, and then
 * did not even ask it. Who has to stop before that point for another reason has asked something else by then.
 */
export const neverAgain: Oracle = ({ cell, fault, baseline, observation, struck }) => {
  if (!fault.disconnects || !struck || observation.ended !== 'in time') return undefined
  const clean = referenceOf(baseline)
  const from = stepAt(observation, placeOf(struck)) + 1
  const isAimed = ({ boundary, operation }: Moment): boolean =>
    boundary === cell.boundary && operation === cell.operation
  for (let step = from; step < clean.steps.length; step++) {
    const wanted = momentsIn(clean, step)
    const before = wanted.slice(0, Math.max(0, wanted.findIndex(isAimed)))
    const did = momentsIn(observation, step)
    const isReached = before.length > 0 && before.every((one, i) => isSame(one, did[i]))
    if (!isReached || did.some(({ boundary }) => boundary === cell.boundary)) continue
    const what = `it did not come back: later on, ${cell.boundary} was not even asked ${cell.operation} any more`
    const evidence = did.map(
      ({ boundary, operation, answer }) => `${boundary}  ${operation}  →  ${answer ?? 'no answer'}`,
    )
    return { verdict: 'poisoned', oracle: 'O10', what, evidence }
  }
  return undefined
}

function momentsIn(run: Observation, step: number): readonly Moment[] {
  return run.moments.filter((moment) => !moment.facts.connect && stepAt(run, placeOf(moment)) === step)
}

function isSame(a: Moment, b: Moment | undefined): boolean {
  return a.boundary === b?.boundary && a.operation === b.operation && a.ok === b.ok
}
