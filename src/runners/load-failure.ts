import { isAbsolute, relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { transformError } from '../run/matrix/transform-error.ts'

/** What vitest tells of a file of tests that cannot be loaded; the place is where it has it. */
export interface LoadError {
  readonly message?: string
  readonly stacks?: readonly { readonly file?: string; readonly line?: number; readonly column?: number }[]
  /** Of what a plugin of vite has refused: the module, and where in it; columns begin with 0. */
  readonly __vitest_rollup_error__?: {
    readonly id?: string
    readonly loc?: { readonly line: number; readonly column: number }
  }
}

/** Why a file cannot be loaded, in one line, with the place that is to be mended, relative to the project. */
export function loadFailure(error: LoadError, directory: string): string {
  const unread = transformError(error.message ?? '')
  if (unread !== undefined) return unread
  const message = stripVTControlCharacters(error.message ?? '')
  const [first = 'it failed', second = ''] = message.split('\n').flatMap((line) => line.trim() || [])
  const why = first.endsWith(':') ? `${first} ${second}`.trimEnd() : first
  const [{ file, line, column } = {}] = error.stacks ?? []
  const thrownAt = file === undefined ? undefined : [file, line, column].filter((part) => part !== undefined).join(':')
  const { id, loc } = error.__vitest_rollup_error__ ?? {}
  const place = id === undefined ? thrownAt : loc ? `${id}:${loc.line}:${loc.column + 1}` : id
  if (place === undefined) return why
  const near = isAbsolute(place) ? relative(directory, place) : place
  return why.includes(near) ? why : `${why} (${near})`
}
