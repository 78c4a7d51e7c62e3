import type { Exchange, TestRef } from '../core/exchange.ts'
import type { Notations } from './cassette.ts'
import type { JournalEvent } from './journal-event.ts'
import { isProcessAlive } from '../files/process-alive.ts'
import { groupExchanges, rebuildExchange, runBodies, type JournalledExchange } from './read-exchanges.ts'
import { readShards } from './read-journal.ts'

/** Exchanges that were recorded for a cassette, but whose process died before it could save them. */
export interface UnsavedExchanges {
  /** As the journal names it: relative to the project. */
  readonly cassette: string
  readonly test: TestRef | null
  /** In the order they were asked; `open` is one whose answer had begun but not ended. */
  readonly exchanges: readonly Exchange[]
}

/**
 * What can still be saved of a run whose process was killed while it recorded. Processes that still run, or that
 * ended in order, have nothing unsaved; a question that had no answer yet is no recording.
 */
export function unsavedExchanges(runDirectory: string, notations: Notations): readonly UnsavedExchanges[] {
  const shards = readShards(runDirectory)
  const saved = lastSaves(shards.flatMap((shard) => shard.events))
  const bodies = runBodies(runDirectory)
  const groups = new Map<string, { cassette: string; test: TestRef | null; exchanges: Exchange[] }>()
  for (const { events } of shards) {
    if (hasEndedInOrder(events) || isStillRunning(events)) continue
    for (const journalled of groupExchanges(events)) {
      const { cassette, by, test } = journalled.ask
      if (cassette === undefined || by !== 'service' || !hasAnswer(journalled)) continue
      if (journalled.lastAt <= (saved.get(cassette) ?? -Infinity)) continue
      const group = groups.get(cassette) ?? { cassette, test, exchanges: [] }
      groups.set(cassette, group)
      group.exchanges.push(rebuildExchange(journalled, notations, bodies))
    }
  }
  return [...groups.values()]
}

function hasAnswer({ ask, contents }: JournalledExchange): boolean {
  return contents.length > (ask.content ? 1 : 0)
}

function lastSaves(events: readonly JournalEvent[]): ReadonlyMap<string, number> {
  const saves = new Map<string, number>()
  for (const event of events) {
    if (event.t === 'saved') saves.set(event.cassette, Math.max(event.at, saves.get(event.cassette) ?? 0))
  }
  return saves
}

function hasEndedInOrder(events: readonly JournalEvent[]): boolean {
  return events.some((event) => event.t === 'close')
}

function isStillRunning(events: readonly JournalEvent[]): boolean {
  const first = events[0]
  return first?.t === 'run' && isProcessAlive(first.pid, first.at)
}
