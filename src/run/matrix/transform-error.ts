import { stripVTControlCharacters } from 'node:util'

/** As the parser draws it: `╭─[ src/rates.ts:3:30 ]`. */
const drawnPlace = /╭─\[ ?([^\s\]]+:\d+:\d+) ?\]/

/** What is said of all errors of a file, before the first of them. */
const heading = /^(?:Transform|Build) failed with \d+ errors?:\s*/

/**
 * What a message says of a module that cannot be read, in one line with its place: `Expected ; (src/rates.ts:3:30)`.
 *
 * @returns `undefined` for a message that draws no place.
 */
export function transformError(message: string): string | undefined {
  const text = stripVTControlCharacters(message).replace(heading, '')
  const place = drawnPlace.exec(text)?.[1]
  const [said = ''] = text.split('\n', 1)
  return place === undefined ? undefined : `${said.trim()} (${place})`
}
