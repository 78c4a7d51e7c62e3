import { MortarError } from '../core/errors.ts'
import { isObject } from '../core/json-fields.ts'
import type { Json, JsonObject } from '../core/json.ts'
import { positionAt } from './json-position.ts'

/** The newest cassette format that this version reads, and the one it writes. */
export const cassetteVersion = 1

/**
 * The JSON of a cassette whose version we know.
 *
 * @throws MortarError `MORTAR_CASSETTE_UNREADABLE` with file, line and column; `MORTAR_CASSETTE_VERSION`
 */
export function parseCassette(text: string, file: string): JsonObject {
  const json = parse(text, file)
  const version = isObject(json) ? json['mortar'] : undefined
  if (!isObject(json) || typeof version !== 'number') {
    throw new MortarError('MORTAR_CASSETTE_UNREADABLE', 'this file is JSON, but not a cassette', {
      where: `${file}:1:1`,
      expected: `an object with \`"mortar": ${cassetteVersion}\``,
    })
  }
  if (version > cassetteVersion) {
    throw new MortarError('MORTAR_CASSETTE_VERSION', `this cassette has the format version ${version}`, {
      where: file,
      expected: `at most ${cassetteVersion}`,
      seen: String(version),
    })
  }
  return json
}

function parse(text: string, file: string): Json {
  const content = text.startsWith('\ufeff') ? text.slice(1) : text
  try {
    return JSON.parse(content) as Json
  } catch (cause) {
    const conflict = /^(?:<{7} |\|{7} |={7}$|>{7} )/m.exec(content)
    if (conflict) {
      const { line } = positionAt(content, conflict.index)
      throw new MortarError('MORTAR_CASSETTE_UNREADABLE', 'this cassette holds an unresolved merge conflict', {
        where: `${file}:${line}:1`,
        hint: 'Keep one side (`git checkout --ours` or `--theirs`), or delete the file and record it again.',
        cause,
      })
    }
    const reason = (cause as Error).message
    const offset = firstInvalid(content)
    const { line, column } = positionAt(content, offset)
    const truncated = offset >= content.trimEnd().length
    throw new MortarError(
      'MORTAR_CASSETTE_UNREADABLE',
      truncated ? 'this cassette ends too early: it is empty or cut off' : `this cassette is not valid JSON: ${reason}`,
      { where: `${file}:${line}:${column}`, cause },
    )
  }
}

/** Offset at which a text stops being the beginning of valid JSON; the engine's own messages do not always say. */
function firstInvalid(text: string): number {
  let valid = 0
  let invalid = text.length + 1
  while (invalid - valid > 1) {
    const middle = Math.floor((valid + invalid) / 2)
    if (isBeginning(text.slice(0, middle))) valid = middle
    else invalid = middle
  }
  return valid
}

function isBeginning(prefix: string): boolean {
  try {
    JSON.parse(prefix)
    return true
  } catch (error) {
    const { message } = error as Error
    return /^(Unexpected end|Unterminated)/.test(message) || message.includes(`at position ${prefix.length} `)
  }
}
