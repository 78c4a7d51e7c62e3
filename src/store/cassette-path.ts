import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { TestRef } from '../core/exchange.ts'

const maxSlug = 60

/**
 * The file of a test's cassette: `<directory>/<test file without extension>/<slug of the name>-<hash of the name>.json`.
 * Renaming a test gives it another cassette; moving its file needs only that the folder is moved too.
 *
 * A cassette of no test file has its name for a path, `imported/get-issue`, so that tests can name it.
 */
export function cassettePath(directory: string, test: TestRef): string {
  if (test.file === '') {
    const parts = test.name.split(/[\\/]/)
    return join(directory, ...foldersOf(parts.slice(0, -1)), `${slug(parts.at(-1) ?? '')}.json`)
  }
  const folders = foldersOf(test.file.replace(/\.[^./]+$/, '').split(/[\\/]/))
  const hash = createHash('sha256').update(test.name).digest('hex').slice(0, 6)
  return join(directory, ...folders, `${slug(test.name)}-${hash}.json`)
}

function foldersOf(parts: readonly string[]): string[] {
  return (
    parts
      .filter((folder) => folder !== '' && folder !== '.')
      // A test outside of the project must not place its cassette there too.
      .map((folder) => (folder === '..' ? '_' : folder.replaceAll(/[<>:"|?*\0-\x1f]/g, '-')))
  )
}

function slug(name: string): string {
  const words = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
  const short = Array.from(words)
    .slice(0, maxSlug)
    .join('')
    .replaceAll(/^-+|-+$/g, '')
  return short === '' ? 'test' : short
}
