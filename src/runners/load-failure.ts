import { isAbsolute, relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'

/** What vitest tells of a file of tests that cannot be loaded; the place is where it has it. */
export interface LoadError {
  readonly message?: string
  readonly stacks?: readonly { readonly file?: string; readonly line?: number }[]
  /** Of what a plugin of vite has refused: the module. */
  readonly __vitest_rollup_error__?: { readonly id?: string }
}

/** As the parser draws it: `╭─[ src/rates.ts:3:30 ]`. */
const drawnPlace = /\[ ?([^\s\]]+:\d+):\d+ ?\]/

/** Why a file cannot be loaded, in one line, with the place that is to be mended, relative to the project. */
export function loadFailure(error: LoadError, directory: string): string {
  const message = stripVTControlCharacters(error.message ?? '')
  const [first = 'it failed', second = ''] = message.split('\n').flatMap((line) => line.trim() || [])
  const why = first.endsWith(':') ? `${first} ${second}`.trimEnd() : first
  const [{ file, line } = {}] = error.stacks ?? []
  const thrownAt = file === undefined ? undefined : `${file}:${line}`
  const place = drawnPlace.exec(message)?.[1] ?? error.__vitest_rollup_error__?.id ?? thrownAt
  if (place === undefined) return why
  const near = isAbsolute(place) ? relative(directory, place) : place
  return why.includes(near) ? why : `${why} (${near})`
}
