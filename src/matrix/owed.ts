import type { Observation } from './observation.ts'

/** A message was brought and not settled: it comes again, and what it leads to is not lost. */
export function isOwed({ moments }: Observation): boolean {
  const settled = new Set(moments.flatMap(({ facts }) => facts.acknowledged ?? []))
  return moments.some(({ facts }) => facts.delivered?.some(({ key }) => key !== undefined && !settled.has(key)))
}
