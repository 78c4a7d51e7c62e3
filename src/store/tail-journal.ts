import { join } from 'node:path'
import { type LineTail, tailLines } from '../files/tail-lines.ts'
import type { JournalEvent } from './journal-event.ts'
import { journalEvent, shardNames } from './read-journal.ts'

/** An event, and when it counts as written: a clock that is set back must not put an answer before its question. */
export interface TimedEvent {
  readonly event: JournalEvent
  /** Milliseconds since the epoch; never less than of those before it of the same process. */
  readonly at: number
}

/** Follows the journal of a run that is still being written. */
export interface JournalTail {
  /**
   * What has come since the last time, shard by shard.
   *
   * @param isOver - Nothing more will come: a last line that was cut off is read too, if it can be.
   */
  read(isOver?: boolean): readonly TimedEvent[]
}

/** Where reading goes on in one shard. */
interface Place {
  readonly tail: LineTail
  latest: number
}

export function tailJournal(runDirectory: string): JournalTail {
  const places = new Map<string, Place>()
  return {
    read: (isOver = false) =>
      shardNames(runDirectory).flatMap((name) => {
        const known = places.get(name)
        const place = known ?? { tail: tailLines(join(runDirectory, name)), latest: Number.NEGATIVE_INFINITY }
        if (!known) places.set(name, place)
        return place.tail.read(isOver).flatMap((line) => {
          const event = journalEvent(line)
          return event ? [{ event, at: (place.latest = Math.max(place.latest, event.at)) }] : []
        })
      }),
  }
}
