import { transactionsOf } from '../../timeline/transactions.ts'
import { referenceOf } from '../baseline.ts'
import { byWeight, type Case, describeDifference, type Difference, isHard } from '../case.ts'
import type { Effect } from '../effects.ts'
import { standsOfHalf } from '../half-done.ts'
import type { Judgement, Oracle } from '../judgement.ts'
import { isGoneBefore } from '../left-keys.ts'
import { isMarked } from '../made-up-for.ts'
import { attemptsOf, placeOf } from '../observation.ts'
import { isOwed, leadsToLater } from '../owed.ts'
import { isNoted } from '../put-off.ts'
import { isAt } from '../stand-ins.ts'
import { saysOtherwise, takesAway, withoutTakenBack } from '../taken-back.ts'
import { isUndone } from '../undoing.ts'
import { leftKey } from './left-key.ts'

/** O3: of what belongs together a part has happened for good, and the rest has not. */
export const inconsistent: Oracle = (shown) => {
  const { cell, fault, observation, missing, effects, step } = shown
  const stale = staleCache(shown)
  if (stale) return stale
  if (fault.spoils) return undefined
  if (cell.family !== 'error' || observation.passed || observation.ended === 'died') return undefined
  if (isMarked(shown, undefined, 'UPDATE') || saysOtherwise(shown) || shown.isSettled) return undefined
  // The test has waited less long than the program, which still has its message.
  if (fault.stalls && isOwed(shown)) return undefined
  const lost = (step?.missing ?? missing).filter((one) => isHard(one) && !isGivenUp(one, shown)).toSorted(byWeight)
  const named = lost.find((one) => isAt(one, cell)) ?? lost[0]
  // What a clean run does not do, such as asking for a new token, is no part of what belongs together.
  const usual = (shown.baseline.under?.clean ?? shown.baseline).effects
  const done = (step?.kept ?? effects).filter(isHard).filter((one) => usual.some(sameAs(one)))
  const [first] = lost
  if (!first || !named || isNoted(shown, lost)) return undefined
  const isAccountedFor = accountedFor(named, done, shown)
  const halves = new Set(step ? lost.flatMap((one) => halvesOf(one, step, shown)) : [])
  const kept = withoutTakenBack(done, lost).filter((effect) => {
    if (isUndone(effect, shown) || leadsToLater(effect, lost, shown)) return false
    if (halves.has(effect)) return true
    return !lost.some((one) => isAt(one, effect)) && belongs(effect, first, step) && !isAccountedFor(effect)
  })
  const [rest] = kept
  if (!rest) return undefined
  const evidence = [
    ...kept.map(({ operation, boundary }) => `${operation} at ${boundary} took place`),
    ...lost.map(describeDifference),
  ]
  const names = [...new Set(kept.map(({ operation, boundary }) => `${operation} at ${boundary}`))].slice(0, mostNamed)
  const what = `${names.join(' and ')} ${names.length > 1 ? 'stand' : 'stands'}, and ${describeDifference(named)}`
  const advice = adviceFor(kept, named, shown)
  return {
    verdict: 'inconsistent',
    oracle: 'O3',
    what,
    evidence,
    ...(advice !== undefined && { advice }),
    differences: [standing(rest), named],
  }
}

/** To take something away again was tried as often as that makes sense, and it is not to be had. */
function isGivenUp(one: Difference, { cell, fault, baseline, observation }: Case): boolean {
  if (!isAt(one, cell) || !baseline.effects.some((made) => takesAway(one, made))) return false
  return !fault.passing || attemptsOf(observation, cell).length > attemptsOf(referenceOf(baseline), cell).length
}

/** What stands of an operation of which a part is lost; but what was struck itself nobody knows to stand. */
function halvesOf(
  lost: Difference,
  { usual, kept }: NonNullable<Case['step']>,
  { baseline, struck }: Case,
): readonly Effect[] {
  const halves = standsOfHalf(baseline, usual.filter(sameAs(lost)), kept.filter(sameAs(lost)))
  return halves.filter(({ place }) => struck === undefined || place !== placeOf(struck))
}

/** What the program could do where no ROLLBACK takes back what stands, or a row of it is there to go by. */
function adviceFor(
  kept: readonly Effect[],
  { kind, boundary }: Difference,
  { baseline, fault }: Case,
): string | undefined {
  if (kind !== 'sql' || !kept.some((one) => one.kind === 'http' || one.kind === 'publish' || one.kind === 'mail')) {
    // A row that says what is still to be done can be found by whoever looks for it later.
    const hasRow = kept.some((one) => one.kind === 'sql' && (kind !== 'sql' || one.boundary !== boundary))
    return hasRow ? `${fault.expected}, or have a job put it in order (\`settleBy\`)` : undefined
  }
  const isWhole = transactionsOf(referenceOf(baseline).moments).some((one) => one.boundary === boundary)
  return isWhole
    ? 'do it after the COMMIT (an outbox), or take it back when the transaction fails'
    : 'do it after what may fail (an outbox), or take it back when that fails'
}

/**
 * Of several orders that are placed at once one may fail, and what stands may be what the others have led to: where it
 * took place no more often for each of these than it does for each when all is well.
 */
function accountedFor(
  { was, is }: Difference,
  done: readonly Effect[],
  { baseline }: Case,
): (effect: Effect) => boolean {
  return (effect) => {
    const count = (effects: readonly Effect[]): number => effects.filter(sameAs(effect)).length
    return is > 0 && count(done) <= is * Math.max(1, count(baseline.effects) / was)
  }
}

/** How many effects that stand are named in a sentence. */
const mostNamed = 3

const invalidating = /^(?:DEL|UNLINK|HDEL|EXPIRE|PEXPIRE|EXPIREAT)\b/

/** What was changed is still found as it was: nobody took it out of the cache. */
function staleCache(shown: Case): Judgement | undefined {
  const { missing, effects, cell, fault, observation, struck } = shown
  const lost = missing.find((one) => one.kind === 'cache' && invalidating.test(one.operation) && isAt(one, cell))
  const kept = effects.find(({ kind }) => kind === 'sql' || kind === 'http')
  if (!lost || !kept || cell.family !== 'error' || fault.forgets) return undefined
  if (struck && isGoneBefore(observation.moments, struck)) return undefined
  // A lock is no copy of anything.
  if (leftKey(shown)) return undefined
  const evidence = [`${kept.operation} at ${kept.boundary} took place`, describeDifference(lost)]
  const what = `${kept.operation} at ${kept.boundary} stands, and ${describeDifference(lost)}: what is in the cache is stale`
  return { verdict: 'inconsistent', oracle: 'O3', what, evidence, differences: [standing(kept), lost] }
}

/** An operation at a boundary. */
type Operation = Pick<Effect, 'boundary' | 'operation'>

function standing({ boundary, operation, kind, repeatable }: Effect): Difference {
  return { boundary, operation, kind, repeatable, was: 1, is: 1 }
}

/** Where the steps of a test are not known, what is at the same boundary may be what the test has set up. */
function belongs(effect: Effect, lost: { readonly boundary: string }, step: unknown): boolean {
  return step !== undefined || effect.boundary !== lost.boundary
}

function sameAs(one: Operation): (other: Effect) => boolean {
  return (other) => isAt(one, other)
}
