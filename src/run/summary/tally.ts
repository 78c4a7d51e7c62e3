import type { TestRef } from '../../core/exchange.ts'
import type { JournalEvent } from '../../store/journal-event.ts'

type Event<T extends JournalEvent['t']> = Extract<JournalEvent, { t: T }>
type TestResult = Exclude<Event<'test'>, { state: 'start' }>

/** Both ends of one exchange. */
export interface Pair {
  readonly ask: Event<'ask'>
  end: Event<'end'> | undefined
}

/** All events of one test, or of what happened outside of any when `test` is null. */
export interface TestTally {
  readonly test: TestRef | null
  /** Time of the start of the last attempt, or of the first event when no start was seen. */
  startedAt: number
  starts: number
  results: TestResult[]
  readonly pairs: Pair[]
  readonly misses: Event<'miss'>[]
  readonly unknown: Event<'unknown'>[]
}

/** The events of a run, grouped. */
export interface Tally {
  readonly startedAt: number | null
  readonly endedAt: number | null
  /** In the order they started; the one for outside of any test is last, and there only if something happened. */
  readonly tests: readonly TestTally[]
  readonly pairs: readonly Pair[]
  readonly misses: readonly Event<'miss'>[]
  readonly unknown: readonly Event<'unknown'>[]
  readonly saved: readonly Event<'saved'>[]
  readonly warnings: readonly Event<'warning'>[]
}

/** One string for one test. */
export function testKey(test: TestRef | null): string {
  return test === null ? '' : `${test.file}\n${test.name}`
}

/** Groups the events of all shards; they may come in any order. */
export function tally(events: Iterable<JournalEvent>): Tally {
  const ordered = [...events].sort((a, b) => a.at - b.at)
  const tests = new Map<string, TestTally>()
  const pairs = new Map<string, Pair>()
  // Shards of two processes may hold the end of an exchange at the very millisecond of its question, in either order.
  const earlyEnds = new Map<string, Event<'end'>>()
  const misses: Event<'miss'>[] = []
  const unknown: Event<'unknown'>[] = []
  const saved: Event<'saved'>[] = []
  const warnings: Event<'warning'>[] = []

  const of = (test: TestRef | null, at: number): TestTally => {
    const key = testKey(test)
    let found = tests.get(key)
    if (found === undefined) {
      found = { test, startedAt: at, starts: 0, results: [], pairs: [], misses: [], unknown: [] }
      tests.set(key, found)
    }
    return found
  }

  for (const event of ordered) {
    switch (event.t) {
      case 'test': {
        const one = of(event.test, event.at)
        if (event.state === 'start') {
          one.starts++
          one.startedAt = event.at
        } else one.results.push(event)
        break
      }
      case 'ask': {
        const pair: Pair = { ask: event, end: earlyEnds.get(event.id) }
        pairs.set(event.id, pair)
        of(event.test, event.at).pairs.push(pair)
        break
      }
      case 'end': {
        const pair = pairs.get(event.id)
        if (pair) pair.end = event
        else earlyEnds.set(event.id, event)
        break
      }
      case 'miss':
        misses.push(event)
        of(event.test, event.at).misses.push(event)
        break
      case 'unknown':
        unknown.push(event)
        of(event.test, event.at).unknown.push(event)
        break
      case 'saved':
        saved.push(event)
        break
      case 'warning':
        warnings.push(event)
        break
      default:
    }
  }

  const outside = tests.get('')
  tests.delete('')
  return {
    startedAt: ordered[0]?.at ?? null,
    endedAt: ordered.at(-1)?.at ?? null,
    tests: outside ? [...tests.values(), outside] : [...tests.values()],
    pairs: [...pairs.values()],
    misses,
    unknown,
    saved,
    warnings,
  }
}

/** How often the program tried to reach anything outside. */
export function crossings({ pairs, misses, unknown }: Tally): number {
  return pairs.length + misses.length + unknown.length
}
