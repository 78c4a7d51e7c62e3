import type { TestRef } from '../core/exchange.ts'
import type { Brief, Recording } from '../modes/tape.ts'
import type { Door } from '../store/journal-event.ts'
import type { AnyQuestion, AttachedBoundary } from './attached-boundary.ts'
import type { RunContext } from './run-context.ts'
import { realNow } from '../core/real-clock.ts'

/** A recording that has just answered. */
export interface Replayed {
  readonly boundary: AttachedBoundary
  readonly door: Door
  readonly test: TestRef | null
  readonly recording: Recording<AnyQuestion, unknown>
  /** Redacted. */
  readonly asked: AnyQuestion
}

/** Journals a replay: who asked what, and which recording answered. The content stands in the cassette. */
export function journalReplay(run: RunContext, { boundary, door, test, recording, asked }: Replayed): void {
  const { journal } = run
  const { cassette } = recording
  const { protocol, name } = boundary
  const brief = (recording.brief ??= briefOf(boundary, recording))
  const { durationMs, ending, ok, recorded } = brief
  const id = run.nextId()
  const at = realNow()
  const summary = protocol.summarize(asked)
  journal.write(
    {
      t: 'ask',
      at,
      id,
      boundary: name,
      protocol: protocol.name,
      operation: brief.operation,
      effect: brief.effect,
      door,
      by: 'cassette',
      test,
      cassette,
      summary,
    },
    'soon',
  )
  journal.write({ t: 'end', at, id, durationMs, ending, summary: brief.summary, ok, recorded }, 'soon')
}

function briefOf({ protocol }: AttachedBoundary, { exchange }: Recording<AnyQuestion, unknown>): Brief {
  const { durationMs, ending, id: recorded } = exchange
  const { name: operation, effect } = protocol.describe(exchange.question)
  const { summary, ok } = protocol.outcome(exchange.messages.map(({ message }) => message))
  return { operation, effect, durationMs, ending, summary, ok, recorded }
}

/** Says once per cassette that its recordings are older than the boundary allows. */
export function warnIfStale(
  run: RunContext,
  boundary: AttachedBoundary,
  { cassette, exchange }: Recording<AnyQuestion, unknown>,
  warned: Set<string>,
): void {
  const limit = boundary.refreshEveryMs
  if (limit === undefined || realNow() - exchange.askedAt <= limit) return
  const key = `${boundary.name} ${cassette}`
  if (warned.has(key)) return
  warned.add(key)
  const message = `${cassette} holds recordings of ${boundary.name} older than ${boundary.input.refreshEvery}`
  run.journal.write({ t: 'warning', at: realNow(), code: 'MORTAR_CASSETTE_STALE', message }, 'soon')
}
