import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
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
  offset: number
  latest: number
}

const newline = 0x0a

export function tailJournal(runDirectory: string): JournalTail {
  const places = new Map<string, Place>()
  return {
    read: (isOver = false) =>
      shardNames(runDirectory).flatMap((name) => {
        const place = places.get(name) ?? { offset: 0, latest: Number.NEGATIVE_INFINITY }
        places.set(name, place)
        const bytes = bytesFrom(join(runDirectory, name), place.offset)
        const end = isOver ? bytes.length : bytes.lastIndexOf(newline) + 1
        place.offset += end
        return bytes
          .toString('utf8', 0, end)
          .split('\n')
          .flatMap((line) => {
            const event = line === '' ? undefined : journalEvent(line)
            return event ? [{ event, at: (place.latest = Math.max(place.latest, event.at)) }] : []
          })
      }),
  }
}

function bytesFrom(file: string, offset: number): Buffer {
  const handle = openSync(file, 'r')
  try {
    const bytes = Buffer.alloc(Math.max(0, fstatSync(handle).size - offset))
    let filled = 0
    while (filled < bytes.length) {
      const read = readSync(handle, bytes, filled, bytes.length - filled, offset + filled)
      if (read === 0) break
      filled += read
    }
    return bytes.subarray(0, filled)
  } finally {
    closeSync(handle)
  }
}
