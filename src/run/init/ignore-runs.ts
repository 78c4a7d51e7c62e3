import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeWhole } from '../../files/write-whole.ts'

/**
 * Adds `.mortar/`, where runs are kept, to the `.gitignore` of a folder; makes the file if need be.
 *
 * @returns False when it was there already.
 * @throws MortarError `MORTAR_WRITE_FAILED`
 */
export function ignoreRuns(root: string): boolean {
  const file = join(root, '.gitignore')
  const text = readIfThere(file)
  if (/^\/?\.mortar(?:\/(?:\*\*?)?)?\s*$/m.test(text)) return false
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n'
  const before = text === '' || text.endsWith('\n') ? text : `${text}${lineEnd}`
  writeWhole(file, `${before}.mortar/${lineEnd}`)
  return true
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
