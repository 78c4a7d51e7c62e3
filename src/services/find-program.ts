import { accessSync, constants, globSync, realpathSync, statSync } from 'node:fs'
import { basename, delimiter, join } from 'node:path'

/** Where to look for a program. */
export interface ProgramSearch {
  /** Its names, best first. */
  readonly names: readonly string[]
  /** Folders to look in besides those of `PATH`; `*` stands for any one name. */
  readonly folders?: readonly string[]
  /** Whether those come before `PATH` (default false). */
  readonly foldersFirst?: boolean
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Every program of these names, without links to one that is listed already; of folders with versions, newest first. */
export function findPrograms({ names, folders = [], foldersFirst = false, env }: ProgramSearch): string[] {
  const versioned = folders.flatMap((folder) => (folder.includes('*') ? newestFirst(globSync(folder)) : [folder]))
  const onPath = (env.PATH ?? '').split(delimiter).filter(Boolean)
  const found = new Map<string, string>()
  for (const name of names) {
    for (const folder of foldersFirst ? [...versioned, ...onPath] : [...onPath, ...versioned]) {
      const file = join(folder, name)
      if (!isExecutable(file)) continue
      const real = realpathSync(file)
      // The real place, as a program finds its companions beside itself; unless its name tells it what to be.
      if (!found.has(real)) found.set(real, basename(real) === name ? real : file)
    }
  }
  return [...found.values()]
}

/** The first program of that name on `PATH`. */
export function findProgram(name: string, env: ProgramSearch['env']): string | undefined {
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    const file = join(folder, name)
    if (folder !== '' && isExecutable(file)) return file
  }
  return undefined
}

function newestFirst(folders: readonly string[]): string[] {
  return folders.toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true }))
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
