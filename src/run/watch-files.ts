import { type FSWatcher, statSync, watch } from 'node:fs'
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
  /** By folder, and which one that was: another one may have taken its place. */
  const watchers = new Map<string, { readonly made: string; readonly watcher: FSWatcher }>()
  const written = new Set<string>()
  let files = new Set<string>()
  let heard = new AbortController()
  look()

  /** Watches all folders that have files, as others may be there now. */
  function look(): void {
    files = new Set(list())
    const folders = new Set(['.', ...[...files].map(dirname)])
    for (const folder of watchers.keys()) if (!folders.has(folder)) forget(folder)
    for (const folder of folders) {
      const stats = statSync(join(directory, folder), { throwIfNoEntry: false })
      // Numbers of folders that are gone are given again.
      const made = stats && `${stats.ino} ${stats.birthtimeMs}`
      if (watchers.get(folder)?.made === made) continue
      forget(folder)
      if (made !== undefined) watchFolder(folder, made)
    }
  }

  function forget(folder: string): void {
    watchers.get(folder)?.watcher.close()
    watchers.delete(folder)
  }

  function watchFolder(folder: string, made: string): void {
    try {
      const watcher = watch(join(directory, folder), (_, name) => {
        // Of what has no name anything in the folder may have changed.
        written.add(join(folder, name ?? ''))
        heard.abort()
      })
      watcher.once('error', () => forget(folder))
      watchers.set(folder, { made, watcher })
    } catch {
      // It is gone by now, or cannot be read: then nothing of it is loaded.
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
      for (const folder of watchers.keys()) forget(folder)
    },
  }
}
