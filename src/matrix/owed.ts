import type { Case } from './case.ts'

/**
 * A message was brought and not settled, or the broker has not heard that it was: it comes again, and what it leads to
 * is not lost.
 */
export function isOwed(shown: Case): boolean {
  const { moments } = shown.observation
  const settled = new Set(moments.flatMap(({ facts }) => facts.acknowledged ?? []))
  const isOpen = moments.some(({ facts }) => facts.delivered?.some(({ key }) => key !== undefined && !settled.has(key)))
  return isOpen || isUnheard(shown)
}

/** Over AMQP each delivery is told of by itself, so one that has come again would be seen. */
function isUnheard({ fault, struck, observation: { moments } }: Case): boolean {
  if (!fault.losesAck || struck?.protocol !== 'amqp') return false
  const { boundary, operation, at } = struck
  return !moments.some((one) => one.boundary === boundary && one.operation === operation && one.at > at)
}
