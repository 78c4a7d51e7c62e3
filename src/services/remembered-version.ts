import { createHash } from 'node:crypto'
import { readFileSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { writeWhole } from '../files/write-whole.ts'

/**
 * What a program prints of its version. It is run for that once, and again when its file has changed: a start from
 * cache takes no longer than to ask.
 *
 * @param versions - Folder of what has been printed before.
 */
export async function rememberedVersion(
  versions: string,
  program: string,
  args: readonly string[],
  ask: () => Promise<string>,
): Promise<string> {
  const file = memoryOf(versions, program, args)
  if (file === undefined) return ask()
  try {
    return readFileSync(file, 'utf8')
  } catch {
    const printed = await ask()
    remember(file, printed)
    return printed
  }
}

function memoryOf(versions: string, program: string, args: readonly string[]): string | undefined {
  try {
    const path = realpathSync(program)
    const { mtimeMs, size, ino } = statSync(path)
    const key = createHash('sha256').update(JSON.stringify([program, path, mtimeMs, size, ino, args]))
    return join(versions, key.digest('hex').slice(0, 24))
  } catch {
    return undefined
  }
}

function remember(file: string, printed: string): void {
  // A program that says nothing may have failed for a reason that passes.
  if (printed === '') return
  try {
    writeWhole(file, printed)
  } catch {
    // Where nothing can be kept, it is asked each time.
  }
}
