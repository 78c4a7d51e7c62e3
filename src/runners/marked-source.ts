import { existsSync, readFileSync } from 'node:fs'
import { isAbsolute, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { markFunctions } from '../run/matrix/cache/mark-functions.ts'
import type { Parse } from '../run/matrix/cache/syntax-node.ts'

const packages = /[\\/]node_modules[\\/]/
const own = fileURLToPath(new URL('..', import.meta.url))

/**
 * The source of a module of the project that tells which of its functions run.
 *
 * @param id - As vite names the module.
 * @param directory - Of the project.
 * @returns `undefined` for other modules, and where something has changed the source, as nobody could read it from disk.
 */
export function markedSource(code: string, id: string, directory: string, parse: Parse): string | undefined {
  if (!isAbsolute(id) || id.includes('?') || packages.test(id) || id.startsWith(own)) return undefined
  if (!existsSync(id) || readFileSync(id, 'utf8') !== code) return undefined
  return markFunctions(code, relative(directory, id).split(sep).join('/'), parse)
}
