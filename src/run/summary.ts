import { recordingsOf, summarizeBoundaries } from './summary/boundaries.ts'
import { findingsOf } from './summary/findings.ts'
import { ignoredFindings } from './summary/ignored-findings.ts'
import type { SummaryInput } from './summary/input.ts'
import { matrixReasons, matrixSummary } from './summary/matrix-findings.ts'
import { type Tally, tally } from './summary/tally.ts'
import { slowestOf, summarizeTest } from './summary/tests.ts'
import type { Summary, TestState, TestSummary, Totals, UnknownDestination } from './summary/types.ts'
import { judge } from './summary/verdict.ts'

/** What a run showed, from its journal, the config and the cassettes. Pure: the same input gives the same summary. */
export function summarize(input: SummaryInput): Summary {
  const grouped = tally(input.events)
  const tests = grouped.tests.map((test) => summarizeTest(test, input.observed))
  const boundaries = summarizeBoundaries(input, grouped)
  const findings = findingsOf(input, grouped, tests, boundaries)
  return {
    version: 1,
    madeAt: input.now,
    command: input.command ?? null,
    startedAt: grouped.startedAt,
    durationMs: (grouped.endedAt ?? 0) - (grouped.startedAt ?? 0),
    verdict: judge(input.testExitCode, grouped, tests, boundaries, findings, matrixReasons(input)),
    totals: totalsOf(input, grouped, tests),
    findings,
    ignored: ignoredFindings(input),
    boundaries,
    tests,
    unknown: unknownOf(grouped),
    slowest: slowestOf(tests),
    matrix: matrixSummary(input),
  }
}

function totalsOf(
  input: SummaryInput,
  { pairs, misses, unknown, saved }: Tally,
  tests: readonly TestSummary[],
): Totals {
  const states: Record<TestState, number> = { passed: 0, failed: 0, skipped: 0, unfinished: 0, outside: 0 }
  for (const { state } of tests) states[state]++
  return {
    tests: states,
    exchanges: pairs.length,
    fromCassette: pairs.filter(({ ask }) => ask.by === 'cassette').length,
    fromService: pairs.filter(({ ask }) => ask.by === 'service').length,
    open: pairs.filter(({ end }) => end === undefined).length,
    misses: misses.length,
    unknownCalls: unknown.length,
    saved: {
      cassettes: new Set(saved.map(({ cassette }) => cassette)).size,
      exchanges: saved.reduce((sum, { exchanges }) => sum + exchanges, 0),
      redactions: saved.reduce((sum, { redactions }) => sum + redactions, 0),
    },
    recordings: recordingsOf(input.recordings),
  }
}

function unknownOf({ unknown }: Tally): readonly UnknownDestination[] {
  return [...Map.groupBy(unknown, ({ address, policy }) => `${policy} ${address}`).values()]
    .map((group): UnknownDestination => {
      const { address, policy } = group[0]!
      const tests = new Map(group.flatMap(({ test }) => (test ? [[`${test.file}\n${test.name}`, test] as const] : [])))
      return { address, policy, count: group.length, tests: [...tests.values()] }
    })
    .sort((a, b) => b.count - a.count || (a.address < b.address ? -1 : 1))
}
