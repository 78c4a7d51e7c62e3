import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { writeWhole } from '../../../files/write-whole.ts'
import type { JournalEvent } from '../../../store/journal-event.ts'
import { formerFile, storedFiles } from './stored.ts'

const bodyNames = /sha256-[0-9a-f]{64}(?:\.[a-z0-9]{1,12}){0,3}/g

/** Copies the bodies that events refer to. */
export function keepBodies(events: readonly JournalEvent[], from: string | undefined, to: string): void {
  if (from === undefined || from === to || !existsSync(from)) return
  for (const [name] of JSON.stringify(events).matchAll(bodyNames)) {
    if (existsSync(join(from, name)) && !existsSync(join(to, name)))
      writeWhole(join(to, name), readFileSync(join(from, name)))
  }
}

/** Deletes bodies that nothing refers to any more. */
export function pruneBodies(folder: string): void {
  const bodies = join(folder, 'bodies')
  if (!existsSync(bodies)) return
  const kept = storedFiles(folder)
    .flatMap((path) => [path, formerFile(path)])
    .filter((path) => existsSync(path))
  const wanted = new Set(kept.flatMap((path) => readFileSync(path, 'utf8').match(bodyNames) ?? []))
  for (const name of readdirSync(bodies)) if (!wanted.has(name)) rmSync(join(bodies, name))
}
