import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { anyText } from '../../core/any-value.ts'
import type { ProjectFile, Skipped } from './evidence.ts'

/** Files larger than this are not read, bytes. */
export const maxFileBytes = 1_048_576

/** The text of a file, or why it cannot be had. */
export function readProjectText(root: string, { path, bytes }: ProjectFile): string | Skipped {
  if (bytes > maxFileBytes) return { path, why: `larger than ${maxFileBytes / 1_048_576} MiB` }
  try {
    const content = readFileSync(join(root, path))
    if (content.subarray(0, 8192).includes(0)) return { path, why: 'is not text' }
    return content.toString('utf8').replace(/^\ufeff/, '')
  } catch (error) {
    return { path, why: `cannot be read: ${(error as NodeJS.ErrnoException).code ?? anyText(error)}` }
  }
}

/** The line, from 1, at which `offset` stands. */
export function lineAt(text: string, offset: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++
  return line
}
