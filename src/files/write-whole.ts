import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { anyText } from '../core/any-value.ts'
import { MortarError } from '../core/errors.ts'
import { realNow } from '../core/real-clock.ts'

let serial = 0

/** Prefix of the temporary files that `writeWhole` makes, before the id of the process. */
export const temporaryPrefix = '.mortar-tmp-'

/**
 * Replaces a file in one step: whoever reads it, and whoever kills us, finds the old content or the new one.
 *
 * @param mode - Permissions of a file that is new, less the process's mask.
 * @throws MortarError `MORTAR_WRITE_FAILED`; the old content is still there then
 */
export function writeWhole(file: string, content: string | Uint8Array, mode = 0o666): void {
  replace(file, content, { mode, isLasting: true })
}

/** The same, of what is of no use to anybody once the machine has lost power: nothing waits for the disk. */
export function writeBriefly(file: string, content: string): void {
  replace(file, content, { mode: 0o666, isLasting: false })
}

function replace(
  file: string,
  content: string | Uint8Array,
  { mode, isLasting }: { readonly mode: number; readonly isLasting: boolean },
): void {
  const folder = dirname(file)
  const temporary = join(folder, `${temporaryPrefix}${process.pid}-${realNow().toString(36)}-${serial++}`)
  try {
    mkdirSync(folder, { recursive: true })
    const handle = openSync(temporary, 'wx', mode)
    try {
      writeFileSync(handle, content)
      if (isLasting) fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
    renameSync(temporary, file)
  } catch (cause) {
    removeQuietly(temporary)
    throw writeFailed(file, cause)
  }
}

/** Where a folder on the way is a file, `force` is not enough. */
function removeQuietly(file: string): void {
  try {
    rmSync(file, { force: true })
  } catch {
    // What kept it from being written is told.
  }
}

/** Makes a folder, with those above it, unless it is there. @throws MortarError `MORTAR_WRITE_FAILED` */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true })
  } catch (cause) {
    throw writeFailed(folder, cause)
  }
}

/** The error for a file that could not be written. */
export function writeFailed(file: string, cause: unknown): MortarError {
  const reason = cause instanceof Error ? cause.message : anyText(cause)
  return new MortarError('MORTAR_WRITE_FAILED', `cannot write ${basename(file)}: ${reason}`, { where: file, cause })
}
