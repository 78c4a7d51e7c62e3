import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JournalEvent } from './journal-event.ts'

/** What the journal of a run says. */
export interface JournalReading {
  /** Of all processes, in order of time; those of one process in the order it wrote them. */
  readonly events: readonly JournalEvent[]
  /** Lines that could not be read, not counting a last line that is being written or was cut off by a kill. */
  readonly skipped: number
}

/** The events of one process. */
export interface Shard extends JournalReading {
  /** Name of its file. */
  readonly name: string
}

const kinds: ReadonlySet<string> = new Set<JournalEvent['t']>([
  'run',
  'test',
  'ask',
  'part',
  'end',
  'miss',
  'unknown',
  'saved',
  'warning',
  'close',
])

/** Reads the journal of a run, which may still be being written; a run without one has no events. */
export function readJournal(runDirectory: string): JournalReading {
  const shards = readShards(runDirectory)
  const timed = shards.flatMap(({ events }) => {
    // A clock that is set back must not put an answer before its question.
    let latest = -Infinity
    return events.map((event) => ({ event, at: (latest = Math.max(latest, event.at)) }))
  })
  return {
    events: timed.toSorted((a, b) => a.at - b.at).map(({ event }) => event),
    skipped: shards.reduce((sum, shard) => sum + shard.skipped, 0),
  }
}

/** Reads each process's part of the journal by itself, sorted by file name. */
export function readShards(runDirectory: string): readonly Shard[] {
  return shardNames(runDirectory).map((name) => readShard(name, readFileSync(join(runDirectory, name), 'utf8')))
}

function readShard(name: string, text: string): Shard {
  const lines = text.split('\n')
  const last = lines.pop()!
  const events: JournalEvent[] = []
  let skipped = 0
  for (const line of lines) {
    const event = line === '' ? undefined : journalEvent(line)
    if (event) events.push(event)
    else if (line !== '') skipped++
  }
  const unfinished = last === '' ? undefined : journalEvent(last)
  return { name, events: unfinished ? [...events, unfinished] : events, skipped }
}

/** What a line says; nothing where it is none of a journal. */
export function journalEvent(line: string): JournalEvent | undefined {
  try {
    const event = JSON.parse(line) as Partial<JournalEvent> | null
    return event && kinds.has(String(event.t)) && typeof event.at === 'number' ? (event as JournalEvent) : undefined
  } catch {
    return undefined
  }
}

/** Names of the files of a run's journal, one for each process, sorted. */
export function shardNames(runDirectory: string): readonly string[] {
  try {
    return readdirSync(runDirectory)
      .filter((name) => name.endsWith('.ndjson'))
      .toSorted()
  } catch {
    return []
  }
}
