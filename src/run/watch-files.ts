import { type FSWatcher, watch } from 'node:fs'
import { dirname, join } from 'node:path'
import { pause } from '../core/real-clock.ts'

/** Tells what is written in a project. */
export interface FileWatch {
  /** What was written by now and not told yet: paths relative to the project, of files that are listed, or were. */
  take(): readonly string[]
  /** The same, as soon as there is something, and nothing more has come for a moment; nothing once it is aborted. */
  next(signal: AbortSignal): Promise<readonly string[]>
  close(): void
}

/** How long nothing more may come, milliseconds: editors and git write several files at a time. */
const quietMs = 60

/** @param list - The files that count, relative to the project. */
export function watchFiles(directory: string, list: () => readonly string[]): FileWatch {
  const watchers = new Map<string, FSWatcher>()
  const written = new Set<string>()
  let files = new Set<string>()
  let heard = new AbortController()
  look()

  /** Watches all folders that have files, as new ones may have come. */
  function look(): void {
    files = new Set(list())
    for (const folder of new Set(['.', ...[...files].map(dirname)])) {
      if (!watchers.has(folder)) watchFolder(folder)
    }
  }

  function watchFolder(folder: string): void {
    try {
      const watcher = watch(join(directory, folder), (_, name) => {
        // Of what has no name anything in the folder may have changed.
        written.add(join(folder, name ?? ''))
        heard.abort()
      })
      const forget = (): void => {
        watcher.close()
        if (watchers.get(folder) === watcher) watchers.delete(folder)
      }
      watcher.once('error', forget)
      watchers.set(folder, watcher)
    } catch {
      // It is gone already, or cannot be read: then nothing of it is loaded.
    }
  }

  function take(): readonly string[] {
    if (written.size === 0) return []
    const before = files
    look()
    const some = [...written]
    written.clear()
    heard = new AbortController()
    // What stands in a new folder has come with it.
    const added = [...files].filter((file) => !before.has(file))
    return [...new Set([...some.filter((file) => files.has(file) || before.has(file)), ...added])]
  }

  return {
    take,
    async next(signal) {
      while (!signal.aborted) {
        await pause(2 ** 30, signal, written.size > 0 ? AbortSignal.abort() : heard.signal)
        for (let count = -1; count !== written.size && !signal.aborted; await pause(quietMs, signal))
          count = written.size
        const found = take()
        if (found.length > 0) return found
      }
      return []
    },
    close() {
      for (const watcher of watchers.values()) watcher.close()
    },
  }
}
