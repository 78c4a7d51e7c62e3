import type { Facet, Identity } from '../core/identity.ts'
import { type Difference, facetDifferences, kindOf } from './facet-difference.ts'
import { wordTable } from '../core/word-table.ts'

/** What of a recording is compared. */
export interface Comparable {
  /** Only read for recordings that are close by their identity, so it may be a getter. */
  readonly facets: readonly Facet[]
  readonly identity: Identity
}

/** A recording and how it differs from what was asked. */
export interface Neighbour<C extends Comparable> {
  readonly candidate: C
  readonly differences: readonly Difference[]
  readonly distance: number
  /** The share of method, origin and path in the distance: from 0, to about 4 for the same operation on another thing. */
  readonly detour: number
}

/** How many recordings are compared field by field; the rest are told apart by their identity alone. */
const maxCompared = 300

const weights: Readonly<Record<string, number>> = wordTable({ method: 6, origin: 4 })
const kindWeights = { redaction: 0.1, volatile: 0.25, plain: 1 } as const

/** The `count` candidates closest to what was asked, closest first; of equally close ones, the first given. */
export function nearest<C extends Comparable>(
  asked: Comparable,
  candidates: readonly C[],
  count: number,
): Neighbour<C>[] {
  const segments = asked.identity.path.split('/')
  const rough = candidates.map((candidate) => ({
    candidate,
    cost: identityDistance(asked.identity, segments, candidate.identity),
  }))
  if (rough.length > maxCompared) rough.sort((a, b) => a.cost - b.cost)
  return rough
    .slice(0, maxCompared)
    .map(({ candidate }) => compare(asked, segments, candidate))
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, count)
}

/** Compares one candidate field by field. */
function compare<C extends Comparable>(asked: Comparable, segments: readonly string[], candidate: C): Neighbour<C> {
  const found = facetDifferences(asked.facets, candidate.facets)
  const { identity } = candidate
  // What is too long to be shown can differ all the same.
  const unseen = found.length === 0 && identity.rest !== asked.identity.rest
  const differences = unseen ? [{ path: 'body', asked: '(differs in a part not shown)' }] : found
  let fields = 0
  let detour = 0
  for (const difference of differences) {
    const structural =
      difference.path === 'path' ? pathDistance(segments, identity.path) : (weights[difference.path] ?? 0)
    detour += structural
    fields += structural > 0 ? 0 : kindWeights[kindOf(difference)]
  }
  // Whoever asks about one thing learns more from another question about it than from the same one about another thing.
  return { candidate, differences, distance: fields + (detour > 0 ? 5 + 2 * detour : 0), detour }
}

function identityDistance(asked: Identity, segments: readonly string[], other: Identity): number {
  let cost = 0
  if (asked.method !== other.method) cost += weights['method']!
  if (asked.origin !== other.origin) cost += weights['origin']!
  if (asked.path !== other.path) cost += pathDistance(segments, other.path)
  if (asked.rest !== other.rest) cost += restDistance(asked.rest, other.rest)
  return cost
}

/** From 0 for the same path to 12 for one that has nothing in common. Numbers and the like may well differ. */
function pathDistance(segments: readonly string[], path: string): number {
  const others = path.split('/')
  const longer = Math.max(segments.length, others.length) - 1
  let apart = 0
  for (let i = 1; i <= longer; i++) {
    const [one, other] = [segments[i], others[i]]
    if (one !== other) apart += one && other && /\d/.test(one) && /\d/.test(other) ? 0.4 : 1
  }
  return longer === 0 ? 0 : (12 * apart) / longer
}

/** From 0 to 1, by how much the beginnings and the ends have in common. */
function restDistance(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length)
  let start = 0
  while (start < shorter && a.charCodeAt(start) === b.charCodeAt(start)) start++
  let end = 0
  while (end < shorter - start && a.charCodeAt(a.length - 1 - end) === b.charCodeAt(b.length - 1 - end)) end++
  return 1 - (start + end) / Math.max(a.length, b.length, 1)
}
