import type { Moment } from '../timeline/moment.ts'
import { referenceOf } from './baseline.ts'
import type { Case, Difference } from './case.ts'
import type { Effect } from './effects.ts'
import { placeOf } from './observation.ts'
import { isAt } from './stand-ins.ts'

/**
 * A message was brought and not settled, or the broker has not heard that it was: it comes again, and what it leads to
 * is not lost.
 */
export function isOwed(shown: Case): boolean {
  const { moments } = shown.observation
  return moments.some(owing(moments, () => true)) || isUnheard(shown)
}

/** Over AMQP each delivery is told of by itself, so one that has come again would be seen. */
function isUnheard({ fault, struck, observation: { moments } }: Case): boolean {
  if (!fault.losesAck || struck?.protocol !== 'amqp') return false
  const { boundary, operation, at } = struck
  return !moments.some((one) => one.boundary === boundary && one.operation === operation && one.at > at)
}

/** What was published is owed to its consumer still, and what is missing is what a clean run does behind bringing it. */
export function leadsToLater(
  { kind, boundary, place }: Effect,
  missing: readonly Difference[],
  { observation: { moments }, baseline }: Case,
): boolean {
  const published = moments.find((one) => placeOf(one) === place)?.facts.published
  if (kind !== 'publish' || !published) return false
  const { channel, body } = published
  const isHere = (one: Moment): boolean => one.boundary === boundary
  if (!moments.filter(isHere).some(owing(moments, (one) => one.channel === channel && one.body === body))) return false
  const clean = referenceOf(baseline).moments
  const brought = clean
    .filter(isHere)
    .flatMap(({ at, facts }) => (facts.delivered ?? []).flatMap((one) => (one.channel === channel ? at + one.ms : [])))
  const done = clean.filter((moment) => missing.some((one) => isAt(one, moment)))
  return done.length > 0 && brought.length > 0 && done.every(({ at }) => at >= Math.min(...brought))
}

type Delivered = NonNullable<Moment['facts']['delivered']>[number]

/** Whether a moment has brought such a message that nobody has settled in all of them. */
function owing(all: readonly Moment[], isMeant: (one: Delivered) => boolean): (moment: Moment) => boolean {
  const settled = new Set(all.flatMap(({ facts }) => facts.acknowledged ?? []))
  return ({ facts: { delivered = [] } }) =>
    delivered.some((one) => one.key !== undefined && !settled.has(one.key) && isMeant(one))
}
