import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { JournalEvent } from '../../src/store/journal-event.ts'
import { readJournal } from '../../src/store/read-journal.ts'
import type { Project } from './project.ts'

/** What the runs of a project have journalled, the oldest first. */
export function journalOf({ directory }: Project): readonly JournalEvent[] {
  const runs = join(directory, '.mortar/runs')
  if (!existsSync(runs)) return []
  const names = readdirSync(runs).toSorted()
  return names.flatMap((name) => readJournal(join(runs, name)).events)
}
