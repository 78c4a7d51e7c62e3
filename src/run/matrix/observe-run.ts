import { join } from 'node:path'
import { inProgramTime, type Observation, splitSettled, withoutBehind } from '../../matrix/observation.ts'
import type { JournalEvent } from '../../store/journal-event.ts'
import { tailJournal, type TimedEvent } from '../../store/tail-journal.ts'
import { keyOfTest } from '../../timeline/moment.ts'
import { readTimeline, type ReadTimelineOptions } from '../timeline/read-timeline.ts'
import { journalName, type RunRecord } from './plan-file.ts'

/** One run of a test, put together from what its process said and from the journal. */
export interface Ran {
  readonly record: RunRecord
  readonly observation: Observation
  /** What the journal has of it. */
  readonly events: readonly JournalEvent[]
  /** Where the bodies are that the events refer to. */
  readonly bodies?: string
  /** Set: it is known from an earlier matrix of this name. */
  readonly from?: string
}

/** Puts together what the processes of a run say of runs of tests, while they go on. */
export interface RunObserver {
  /** @param isOver - The processes have ended, and write nothing more. */
  observe(records: readonly RunRecord[], isOver?: boolean): Promise<readonly Ran[]>
}

export function openObserver(where: ReadTimelineOptions): RunObserver {
  const { runDirectory } = where
  const tail = tailJournal(runDirectory)
  const bodies = join(runDirectory, 'bodies')
  /** By test, and by exchange. */
  const byTest = new Map<string, TimedEvent[]>()
  const byId = new Map<string, TimedEvent[]>()
  const left: string[] = []

  function take(timed: TimedEvent): void {
    const { event } = timed
    if (event.t === 'warning' && event.code === 'MORTAR_LEFT_BEHIND') left.push(event.message)
    if (event.t === 'part' || event.t === 'end') byId.get(event.id)?.push(timed)
    if (event.t !== 'ask' && event.t !== 'miss') return
    const key = keyOfTest(event.test)
    const own = byTest.get(key) ?? []
    own.push(timed)
    byTest.set(key, own)
    if (event.t === 'ask') byId.set(event.id, own)
  }

  return {
    async observe(records, isOver) {
      for (const timed of tail.read(isOver)) take(timed)
      return Promise.all(
        records.map(async (record): Promise<Ran> => {
          const as = journalName(record)
          const own = byTest.get(keyOfTest(as)) ?? []
          const events = own.toSorted((a, b) => a.at - b.at).map(({ event }) => event)
          const observation = await observeEvents(record, leftBehindBy(as.name, left), events, where)
          return { record, observation, events, bodies }
        }),
      )
    },
  }
}

function leftBehindBy(name: string, messages: readonly string[]): readonly string[] {
  return messages.flatMap((message) => {
    const [boundary, what] = message.split(`: "${name}" left behind `)
    return what === undefined ? [] : [`${what} at ${boundary}`]
  })
}

/** What a run of a test showed, from what was kept of it. */
export async function observeEvents(
  record: RunRecord,
  leftBehind: readonly string[],
  events: readonly JournalEvent[],
  where: ReadTimelineOptions,
): Promise<Observation> {
  const { moments } = await readTimeline(events, where)
  const misses = events.filter((event) => event.t === 'miss')
  const unrecorded = [...new Set(misses.map(({ operation, boundary }) => `${operation} at ${boundary}`))]
  const seen = { ...record, leftBehind, moments, ...(unrecorded.length > 0 && { unrecorded }) }
  return inProgramTime(splitSettled(withoutBehind(seen)), record.jumps)
}
