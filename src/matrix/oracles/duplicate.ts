import { type Case, describeDifference, type Difference, isHard } from '../case.ts'
import type { Effect } from '../effects.ts'
import type { Judgement, Oracle } from '../judgement.ts'
import { isMadeUpFor, isMarked } from '../made-up-for.ts'
import { doesTheSame, isAt } from '../stand-ins.ts'
import { isUndone } from '../undoing.ts'
import { seemsWell } from '../seems-well.ts'

/** O1: something that must happen once has happened more often than in a clean run, or was done elsewhere as well. */
export const duplicate: Oracle = (shown) => {
  const more = shown.extra.filter((one) => !one.repeatable && one.was > 0 && (isHard(one) || one.kind === 'cache'))
  const left = more.filter((one) => !isMadeUpFor(one, shown))
  if (left.length === 0) return doneElsewhere(shown)
  const evidence = left.map(describeDifference)
  return { verdict: 'duplicate', oracle: 'O1', what: evidence[0]!, evidence, differences: left }
}

/** What was done, and its answer lost, is asked of somebody else, and all seems well. */
function doneElsewhere(shown: Case): Judgement | undefined {
  const { cell, fault, baseline, observation, effects, extra } = shown
  if (!fault.reaches || !seemsWell(observation, baseline)) return undefined
  const done = effects.filter((one) => one.kind === 'http' && !one.repeatable && isAt(one, cell))
  const isDoneAgain = (difference: Difference): boolean =>
    effects.some((one) => isAt(one, difference) && done.some((other) => doesTheSame(one, other)))
  const isTakenBack = (one: Effect): boolean => isUndone(one, shown)
  const again = extra.find((one) => one.was === 0 && isDoneAgain(one))
  if (!again || isMarked(shown) || [...done, ...effects.filter((one) => isAt(one, again))].some(isTakenBack))
    return undefined
  const what = `${again.operation} at ${again.boundary} did once more what ${cell.operation} at ${cell.boundary} had done`
  return {
    verdict: 'duplicate',
    oracle: 'O1',
    what,
    evidence: [`${cell.operation} at ${cell.boundary} took place`, describeDifference(again)],
    differences: [again],
    advice:
      'ask somebody else only where nothing can have been done: after a refusal, or when no connection came about; else find out first',
  }
}
