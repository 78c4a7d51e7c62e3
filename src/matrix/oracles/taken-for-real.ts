import { referenceOf } from '../baseline.ts'
import { isHard } from '../case.ts'
import type { Cell } from '../cell.ts'
import type { Effect } from '../effects.ts'
import type { Oracle } from '../judgement.ts'
import { type Observation, placeOf, stepAt } from '../observation.ts'

/** O2: what nobody has proved to have sent was acted on all the same. */
export const takenForReal: Oracle = ({ cell, fault, baseline, observation, effects }) => {
  if (!fault.forged) return undefined
  const usual = causedBy(cell, referenceOf(baseline), baseline.effects)
  const done = causedBy(cell, observation, effects).filter((one) =>
    usual.some(({ boundary, operation }) => boundary === one.boundary && operation === one.operation),
  )
  const [first] = done
  if (!first) return undefined
  const evidence = done.map(({ boundary, operation }) => `${operation} at ${boundary} took place`)
  return { verdict: 'false-success', oracle: 'O2', what: `it was taken for real: ${evidence[0]}`, evidence }
}

/** What took place in the step of the delivery, behind it; where steps are not known, before it was answered. */
function causedBy(cell: Cell, observation: Observation, effects: readonly Effect[]): readonly Effect[] {
  const { moments, steps } = observation
  const same = moments.filter(({ boundary, operation }) => boundary === cell.boundary && operation === cell.operation)
  const delivery = same[cell.nth - 1]
  if (!delivery) return []
  const at = placeOf(delivery)
  const during = new Set(moments.filter(({ asked }) => asked < delivery.answered).map(placeOf))
  const step = stepAt(observation, at)
  return effects.filter(
    (effect) =>
      isHard(effect) &&
      effect.place > at &&
      (during.has(effect.place) || (steps.length > 0 && stepAt(observation, effect.place) === step)),
  )
}
