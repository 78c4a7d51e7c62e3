import { createHash } from 'node:crypto'
import { readFileSync, type Stats, statSync } from 'node:fs'

/** Hashes of files as they were when this began. */
export interface FileHashes {
  /** Hash of a file's content; `absent` when there is none. */
  of(path: string): string
  /** Whether a file has been written to since this began, or since then: nobody knows what was read of it. */
  hasChanged(path: string, since?: number): boolean
}

/** @param startedAt - Milliseconds since the epoch. */
export function openFileHashes(startedAt: number): FileHashes {
  const known = new Map<string, { readonly mtimeMs: number; readonly size: number; readonly hash: string }>()
  /** What is asked again before anything was waited for is as it was. */
  const now = new Map<string, Stats | undefined>()
  const stat = (path: string): Stats | undefined => {
    if (now.size === 0) queueMicrotask(() => now.clear())
    if (!now.has(path)) now.set(path, statSync(path, { throwIfNoEntry: false }))
    return now.get(path)
  }
  return {
    of(path) {
      const stats = stat(path)
      if (!stats?.isFile()) return 'absent'
      const { mtimeMs, size } = stats
      const before = known.get(path)
      if (before?.mtimeMs === mtimeMs && before.size === size) return before.hash
      const hash = createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16)
      known.set(path, { mtimeMs, size, hash })
      return hash
    },
    hasChanged: (path, since = startedAt) => (stat(path)?.mtimeMs ?? 0) > since,
  }
}
