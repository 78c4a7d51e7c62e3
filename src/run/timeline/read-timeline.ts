import { loadNotations, notationOf } from '../../protocols/notations.ts'
import type { JournalEvent } from '../../store/journal-event.ts'
import { exchangesOf } from '../../store/read-exchanges.ts'
import { makeMoments, type Seen } from '../../timeline/make-moments.ts'
import { byTest, keyOfTest, type Moment, type Timeline, type TimelineTest } from '../../timeline/moment.ts'

/** Where the events are from. */
export interface ReadTimelineOptions {
  /** Folder of the run. */
  readonly runDirectory: string
  /** To which the journal's cassette paths are relative. */
  readonly projectDirectory: string
}

type Ask = Extract<JournalEvent, { t: 'ask' }>
type End = Extract<JournalEvent, { t: 'end' }>

/** The timeline of a run, from its events in order. What crossed is read from disk when something asks for it. */
export async function readTimeline(
  events: readonly JournalEvent[],
  { runDirectory, projectDirectory }: ReadTimelineOptions,
): Promise<Timeline> {
  const asks = new Map<string, { readonly ask: Ask; readonly asked: number }>()
  const ends = new Map<string, { readonly end: End; readonly place: number }>()
  for (const [place, event] of events.entries()) {
    if (event.t === 'ask') asks.set(event.id, { ask: event, asked: place })
    if (event.t === 'end') ends.set(event.id, { end: event, place })
  }
  await loadNotations([...asks.values()].map(({ ask }) => ask.protocol))
  const exchanges = new Map(
    exchangesOf(events, runDirectory, notationOf, projectDirectory).map((exchange) => [exchange.id, exchange]),
  )
  const seen = [...asks.values()].map(({ ask, asked }): Seen => {
    const { id, boundary, protocol, operation, effect, test, site, at, summary, by } = ask
    const ended = ends.get(id)
    const exchange = exchanges.get(id)
    return {
      id,
      boundary,
      protocol,
      operation,
      effect,
      test,
      ...(site !== undefined && { site }),
      at,
      asked,
      question: summary,
      fromRecording: by === 'cassette',
      ...(exchange && { exchange }),
      ...(ended && { end: endOf(ended) }),
    }
  })
  const moments = makeMoments(seen)
  return { moments, tests: testsOf(events, moments), endedAt: events.at(-1)?.at ?? 0 }
}

function endOf({ end, place }: { readonly end: End; readonly place: number }): NonNullable<Seen['end']> {
  const { durationMs, ending, ok, summary, site } = end
  return { place, durationMs, ending, ok, answer: summary, ...(site !== undefined && { site }) }
}

function testsOf(events: readonly JournalEvent[], moments: readonly Moment[]): readonly TimelineTest[] {
  const asked = byTest(moments)
  const tests = new Map<string, TimelineTest>()
  for (const event of events) {
    if (event.t !== 'test') continue
    const { test, state, at } = event
    const key = keyOfTest(test)
    const known = tests.get(key)
    // A runner may tell of a test only when it is over; what it asked was taken down at once.
    const first = asked.get(key)?.[0]?.at ?? Number.POSITIVE_INFINITY
    const startedAt = Math.min(first, known?.startedAt ?? (state === 'start' ? at : at - event.durationMs))
    const ended = state === 'start' ? null : { endedAt: at, durationMs: event.durationMs, error: event.error ?? null }
    const about = { test, state: state === 'start' ? 'unfinished' : state, startedAt } as const
    tests.set(key, { ...about, ...(ended ?? { endedAt: null, durationMs: null, error: null }) })
  }
  return [...tests.values()]
}
