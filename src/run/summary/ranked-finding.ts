import { type Risk, risks } from '../../core/boundary.ts'
import type { TestRef } from '../../core/exchange.ts'
import { testKey } from './tally.ts'
import type { Finding } from './types.ts'

/** What findings are about, the most harmful first. */
const harms = [
  'nothing-ran',
  'miss-in-failed-test',
  'miss',
  'unknown-refused',
  'command-failed',
  'test-failed',
  'stale-fails',
  'matrix-data',
  'timeline-fails',
  'timeline-wrong',
  'matrix-availability',
  'nothing-crossed',
  'unknown-passed',
  'retried',
  'rule-expired',
  'matrix-noise',
  'timeline-wasteful',
  'unused',
  'stale',
  'warning',
] as const

/** A finding on its way to its place among the others. */
export interface RankedFinding extends Finding {
  readonly harm: (typeof harms)[number]
  readonly risk: Risk
}

/** Orders by harm, then by the risk of the boundary, then by how many tests are concerned. */
export function compareHarm(a: RankedFinding, b: RankedFinding): number {
  return (
    harms.indexOf(a.harm) - harms.indexOf(b.harm) ||
    risks.indexOf(b.risk) - risks.indexOf(a.risk) ||
    b.testCount - a.testCount
  )
}

/** The part of a finding that tells the tests concerned: each once, at most twenty by name. */
export function concerning(tests: Iterable<TestRef | null>): Pick<Finding, 'tests' | 'testCount'> {
  const distinct = new Map<string, TestRef>()
  for (const test of tests) if (test) distinct.set(testKey(test), test)
  return { tests: [...distinct.values()].slice(0, 20), testCount: distinct.size }
}
