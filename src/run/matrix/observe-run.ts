import { join } from 'node:path'
import { cellIdIn } from '../../matrix/cell.ts'
import { inProgramTime, type Observation, splitSettled } from '../../matrix/observation.ts'
import type { JournalEvent } from '../../store/journal-event.ts'
import { readJournal } from '../../store/read-journal.ts'
import { byTest, keyOfTest } from '../../timeline/moment.ts'
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

/** Puts together what the processes of a run say of these runs of tests. */
export async function observeRun(
  records: readonly RunRecord[],
  { runDirectory, projectDirectory }: ReadTimelineOptions,
): Promise<readonly Ran[]> {
  const { events } = readJournal(runDirectory)
  const { moments } = await readTimeline(events, { runDirectory, projectDirectory })
  const grouped = byTest(moments.filter(({ test }) => test !== null && cellIdIn(test) !== undefined))
  const ofTests = eventsByTest(events)
  const left = events.flatMap((event) =>
    event.t === 'warning' && event.code === 'MORTAR_LEFT_BEHIND' ? [event.message] : [],
  )
  return records.map((record) => {
    const as = journalName(record)
    const mark = `: "${as.name}" left behind `
    const leftBehind = left.flatMap((message) => {
      const [boundary, what] = message.split(mark)
      return what === undefined ? [] : [`${what} at ${boundary}`]
    })
    const key = keyOfTest(as)
    const own = grouped.get(key) ?? []
    const observation = inProgramTime(splitSettled({ ...record, leftBehind, moments: own }), record.jumps)
    return { record, observation, events: ofTests.get(key) ?? [], bodies: join(runDirectory, 'bodies') }
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
  return inProgramTime(splitSettled({ ...record, leftBehind, moments }), record.jumps)
}

function eventsByTest(events: readonly JournalEvent[]): ReadonlyMap<string, readonly JournalEvent[]> {
  const found = new Map<string, JournalEvent[]>()
  const byId = new Map<string, JournalEvent[]>()
  for (const event of events) {
    if (event.t === 'ask') {
      const key = keyOfTest(event.test)
      const own = found.get(key) ?? []
      own.push(event)
      found.set(key, own)
      byId.set(event.id, own)
    } else if (event.t === 'part' || event.t === 'end') byId.get(event.id)?.push(event)
  }
  return found
}
