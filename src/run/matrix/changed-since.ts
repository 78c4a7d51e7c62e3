import { statSync } from 'node:fs'
import { join } from 'node:path'
import { unread } from './cache/inputs.ts'
import { filesWithoutOutput } from './cache/own-output.ts'

/**
 * A file of the project on which tests may depend, and which was written to since then; `undefined` when there is none.
 *
 * @param at - Milliseconds since the epoch.
 */
export function changedSince(directory: string, at: number): string | undefined {
  return filesWithoutOutput(directory).find(
    (file) => !unread.test(file) && (statSync(join(directory, file), { throwIfNoEntry: false })?.mtimeMs ?? 0) > at,
  )
}
