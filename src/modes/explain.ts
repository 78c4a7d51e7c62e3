import type { RecordMode } from '../core/boundary.ts'
import type { TestRef } from '../core/exchange.ts'
import type { Facet, Identity } from '../core/identity.ts'
import { type Difference, kindOf } from './facet-difference.ts'
import { missFix } from './miss-fix.ts'
import { missText } from './miss-text.ts'
import { nearest, type Neighbour } from './nearest.ts'

/** Why nothing recorded answers a question. */
export type MissCause =
  | 'already-consumed'
  | 'other-test'
  | 'expired'
  | 'redacted-differently'
  | 'differs'
  | 'nothing-recorded'

/** A recording that might have answered. */
export interface Candidate {
  /** Only read for the closest recordings, so it may be a getter. */
  readonly facets: readonly Facet[]
  readonly identity: Identity
  readonly test: TestRef | null
  /** Path of the cassette, relative to the project. */
  readonly cassette: string
  /** Milliseconds since the epoch. */
  readonly recordedAt: number
  readonly state: 'available' | 'consumed' | 'expired' | 'other-test'
}

/** A question that nothing recorded answers. */
export interface Asked {
  readonly boundary: string
  readonly operation: string
  /** The question in one line, as the user knows it: `GET https://api.github.com/user`. */
  readonly summary: string
  readonly test: TestRef | null
  readonly identity: Identity
  readonly facets: readonly Facet[]
  readonly mode: RecordMode
  /** The shell command that runs the test again (default `npx mortar check`). */
  readonly command?: string
}

/** The explanation of a miss. */
export interface Miss {
  readonly boundary: string
  readonly operation: string
  readonly test: TestRef | null
  readonly cause: MissCause
  /** Up to three, closest first. */
  readonly nearest: readonly { readonly candidate: Candidate; readonly differences: readonly Difference[] }[]
  /** One line: what to add to the config, or what to run. */
  readonly fix: string
  /** What the user reads: what was asked, the cause, the closest recordings, the fix. Ends without a line break. */
  readonly text: string
}

/** A cause with the recordings that show it. */
export interface Finding {
  readonly cause: MissCause
  /** For the first three causes, the recordings of the very question. */
  readonly exact: readonly Candidate[]
  readonly nearest: readonly Neighbour<Candidate>[]
}

/** A recording further off, by method, origin and path, is of another operation. */
const maxDetour = 5

/**
 * Finds out why none of `candidates` answers, and what to do about it. A recording of the very question that could
 * not be used comes before any that differs, because using it is all that was missing.
 */
export function explainMiss(asked: Asked, candidates: readonly Candidate[]): Miss {
  const finding = findCause(asked, candidates)
  const fix = missFix(asked, finding)
  return {
    boundary: asked.boundary,
    operation: asked.operation,
    test: asked.test,
    cause: finding.cause,
    nearest: finding.nearest.map(({ candidate, differences }) => ({ candidate, differences })),
    fix,
    text: missText(asked, finding, candidates.length, fix),
  }
}

function findCause(asked: Asked, candidates: readonly Candidate[]): Finding {
  const equal = candidates.filter(({ identity }) => sameIdentity(identity, asked.identity))
  const own = equal.filter(({ state }) => state !== 'other-test')
  const expired = own.filter(({ state }) => state === 'expired')
  const consumed = own.filter(({ state }) => state === 'consumed')
  const close = nearest(asked, preferred(candidates), 3)
  if (own.every(({ state }) => state !== 'available')) {
    if (expired.length > 0) return { cause: 'expired', exact: expired, nearest: close }
    if (consumed.length > 0) return { cause: 'already-consumed', exact: consumed, nearest: close }
    if (equal.length > 0) return { cause: 'other-test', exact: equal, nearest: close }
  }
  const cause = causeByDistance(close)
  return { cause, exact: [], nearest: cause === 'nothing-recorded' ? close : close.filter(isRelated) }
}

function causeByDistance(close: readonly Neighbour<Candidate>[]): MissCause {
  const [best] = close
  if (!best || !isRelated(best)) return 'nothing-recorded'
  const kinds = best.differences.map(kindOf)
  return kinds.length > 0 && kinds.every((kind) => kind === 'redaction') ? 'redacted-differently' : 'differs'
}

function isRelated({ detour }: Neighbour<Candidate>): boolean {
  return detour <= maxDetour
}

/** Of equally close recordings, the ones that could have been used come first. */
function preferred(candidates: readonly Candidate[]): readonly Candidate[] {
  const order = { available: 0, expired: 1, consumed: 2, 'other-test': 3 } as const
  return candidates.toSorted((a, b) => order[a.state] - order[b.state])
}

function sameIdentity(a: Identity, b: Identity): boolean {
  return a.origin === b.origin && a.method === b.method && a.path === b.path && a.rest === b.rest
}
