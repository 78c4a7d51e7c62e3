import type { TestRef } from '../../core/exchange.ts'
import type { Observed } from './input.ts'
import { type Pair, testKey, type TestTally } from './tally.ts'
import type { ExchangeSummary, SlowExchange, TestState, TestSummary } from './types.ts'

/** What one test did, and when. */
export function summarizeTest(tally: TestTally, observed?: Observed): TestSummary {
  const last = tally.results.at(-1)
  // An attempt that started after the last result is still running, or died with its process.
  const unfinished = last === undefined || tally.starts > tally.results.length
  const state: TestState = tally.test === null ? 'outside' : unfinished ? 'unfinished' : last.state
  // A retried test keeps the exchanges of all its attempts, so its time line begins with the first of them.
  const startedAt = Math.min(
    tally.startedAt,
    tally.pairs[0]?.ask.at ?? Infinity,
    tally.misses[0]?.at ?? Infinity,
    last !== undefined && tally.starts === 0 ? last.at - last.durationMs : Infinity,
  )
  return {
    test: tally.test,
    state,
    startedAt,
    durationMs: unfinished ? null : last.durationMs,
    attempts: Math.max(tally.starts, tally.results.length),
    error: last?.error ?? null,
    diagnosis: observed?.diagnoses.get(testKey(tally.test)) ?? null,
    artifacts: observed?.artifacts.get(testKey(tally.test)) ?? null,
    exchanges: tally.pairs.map((pair) => summarizeExchange(pair, startedAt)),
    misses: tally.misses.map(({ at, boundary, operation, cause, explanation }) => ({
      boundary,
      operation,
      cause,
      explanation,
      startMs: at - startedAt,
    })),
    unknown: [...new Set(tally.unknown.map(({ address }) => address))],
  }
}

function summarizeExchange({ ask, end }: Pair, startedAt: number): ExchangeSummary {
  return {
    id: ask.id,
    boundary: ask.boundary,
    operation: ask.operation,
    effect: ask.effect,
    by: ask.by,
    door: ask.door,
    startMs: ask.at - startedAt,
    durationMs: end?.durationMs ?? null,
    ending: end?.ending ?? 'open',
    ok: end?.ok ?? null,
    asked: ask.summary,
    answered: end?.summary ?? null,
    cassette: ask.cassette ?? null,
    recorded: end?.recorded ?? null,
  }
}

/** The ten exchanges that took longest, the slowest first. */
export function slowestOf(tests: readonly TestSummary[]): readonly SlowExchange[] {
  const all = tests.flatMap(({ test, exchanges }) =>
    exchanges.filter(({ durationMs }) => durationMs !== null).map((exchange) => ({ test, exchange })),
  )
  return all
    .sort((a, b) => b.exchange.durationMs! - a.exchange.durationMs!)
    .slice(0, 10)
    .map(({ test, exchange }): SlowExchange => Object.assign({ test: test as TestRef | null }, exchange))
}
