import { statSync } from 'node:fs'
import { join } from 'node:path'
import { projectFiles } from './cache/project-files.ts'

/** Programs, in whatever language: what tests write is mostly something else. */
const program = /\.(?:[cm]?[jt]sx?|vue|svelte|py|rb|go|java|kts?|php|cs|rs|exs?)$/

/** Looks which programs of a project are written to from now on. */
export interface EditWatch {
  /** @param isUsed - Whether tests load a file; left out: nobody knows, and all may be. @returns Relative to the project. */
  edited(isUsed?: (file: string) => boolean): readonly string[]
}

/** @param startedAt - What was written before is seen by all runs, milliseconds since the epoch. */
export function watchEdits(directory: string, startedAt: number): EditWatch {
  // What is made meanwhile nothing of before has loaded.
  const files = projectFiles(directory).filter((file) => program.test(file))
  const isEdited = (file: string): boolean => {
    const stats = statSync(join(directory, file), { throwIfNoEntry: false })
    return stats === undefined || stats.mtimeMs > startedAt
  }
  return { edited: (isUsed = () => true) => files.filter((file) => isEdited(file) && isUsed(file)) }
}

/** How many files are named. */
const mostNamed = 3

/** Nobody knows which runs have seen what. */
export function editedText(files: readonly string[]): string {
  const more = files.length > mostNamed ? ` and ${files.length - mostNamed} more` : ''
  const names = `${files.slice(0, mostNamed).join(', ')}${more}`
  return `Edited meanwhile: ${names}; what is said may be of what stood there before, or of what stands there now`
}
