import { readdirSync, readFileSync, rmSync, statSync, type Dirent } from 'node:fs'
import { join } from 'node:path'
import { isBodyName } from './body-files.ts'
import { isProcessAlive } from '../files/process-alive.ts'
import { realNow } from '../core/real-clock.ts'
import { temporaryPrefix } from '../files/write-whole.ts'

/** Absolute paths of all cassettes below `root`, sorted; empty when the folder does not exist. */
export function listCassettes(root: string): readonly string[] {
  return entriesBelow(root)
    .filter(({ name }) => name.endsWith('.json') && !name.startsWith('.') && !isBodyName(name))
    .map(({ parentPath, name }) => join(parentPath, name))
    .toSorted()
}

/** Deletes body files that nothing refers to, and temporary files of processes that are gone; returns their names. */
export function pruneBodies(root: string, bodiesFolder: string, minAgeMs: number): readonly string[] {
  const used = new Set<string>()
  for (const file of listCassettes(root)) {
    // Not parsed: a cassette with a merge conflict still needs the bodies of both sides.
    for (const [name] of readFileSync(file, 'utf8').matchAll(/sha256-[0-9a-f]{64}[.a-z0-9]*/g)) used.add(name)
  }
  const removed: string[] = []
  for (const { parentPath, name } of entriesBelow(root)) {
    const file = join(parentPath, name)
    const unused = parentPath === bodiesFolder && isBodyName(name) && !used.has(name) && ageOf(file) >= minAgeMs
    if (!unused && !isLeftover(name)) continue
    rmSync(file, { force: true })
    removed.push(name)
  }
  return removed
}

function entriesBelow(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  } catch {
    return []
  }
}

function ageOf(file: string): number {
  return realNow() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Infinity)
}

function isLeftover(name: string): boolean {
  if (!name.startsWith(temporaryPrefix)) return false
  const [pid, since] = name.slice(temporaryPrefix.length).split('-')
  return !isProcessAlive(Number(pid), Number.parseInt(since ?? '', 36))
}
