import { isList, isObject, readList, readText, wrongField } from './json-fields.ts'
import { printLike, styleOf } from './json-style.ts'
import type { Json, JsonObject } from './json.ts'
import type { BodyFiles } from './protocol.ts'

/** What is known of a body besides its bytes. */
export interface BodyHints {
  /** Of the body's file, should it need one: `png`, `json.gz` (default `bin`). */
  readonly extension?: string
  /** What the bytes mean once their content-encoding is undone; written beside them for people, and never replayed. */
  readonly decoded?: Uint8Array
}

/** Sizes that decide how a body is written, in bytes. */
export const bodyLimits = {
  /** Binary up to this size stands inline. */
  inlineBinary: 256,
  /** Anything beyond this size goes to a file, and no view is shown of it. */
  inlineText: 65_536,
} as const

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()
// Terminal escapes appear in logs that services send; other control characters mean that this is no text.
const binaryControls = /[\0-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]/

/**
 * Writes bytes in the most readable way that gives exactly them back: `json`, `text`, `lines`, `base64` or `file`,
 * with a decoded `view` where the bytes are compressed.
 */
export function writeBody(bytes: Uint8Array, files: BodyFiles, hints: BodyHints = {}): JsonObject {
  const readable = bytes.length <= bodyLimits.inlineText ? writeReadable(bytes) : undefined
  if (readable) return readable
  const exact: JsonObject =
    bytes.length <= bodyLimits.inlineBinary
      ? { base64: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64') }
      : { file: files.put(bytes, hints.extension ?? 'bin'), bytes: bytes.length }
  const decoded = hints.decoded
  const view = decoded && decoded.length <= bodyLimits.inlineText ? writeReadable(decoded) : undefined
  return view ? { ...exact, view } : exact
}

/**
 * Gives back the bytes that `writeBody` was given.
 *
 * @param path - Where `body` stands, for the error.
 * @throws MortarError `MORTAR_CASSETTE_UNREADABLE`, `MORTAR_CASSETTE_BODY_MISSING`
 */
export function readBody(body: Json | undefined, files: BodyFiles, path: string): Uint8Array {
  if (body === undefined) return new Uint8Array()
  if (!isObject(body)) throw wrongField(path, 'a body', body)
  if (body['json'] !== undefined) {
    const text = printLike(body['json'], body)
    if (text === undefined) throw wrongField(`${path}.indent`, 'a number of spaces or "tab"', body['indent'])
    return encoder.encode(text)
  }
  if (body['text'] !== undefined) return encoder.encode(readText(body['text'], `${path}.text`))
  if (body['lines'] !== undefined) {
    const lines = readList(body['lines'], `${path}.lines`)
    return encoder.encode(lines.map((line, i) => readText(line, `${path}.lines[${i}]`)).join('\n'))
  }
  if (body['base64'] !== undefined)
    return new Uint8Array(Buffer.from(readText(body['base64'], `${path}.base64`), 'base64'))
  if (body['file'] !== undefined) return files.get(readText(body['file'], `${path}.file`))
  throw wrongField(path, 'a body: `json`, `text`, `lines`, `base64` or `file`', body)
}

/** Whether a body stands there as text, which for frames decides what kind they are. */
export function isReadableBody(body: JsonObject): boolean {
  return body['json'] !== undefined || typeof body['text'] === 'string' || isList(body['lines'])
}

function writeReadable(bytes: Uint8Array): JsonObject | undefined {
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch {
    return undefined
  }
  if (binaryControls.test(text)) return undefined
  const json = writeJson(text)
  if (json) return json
  return text.includes('\n') ? { lines: text.split('\n') } : { text }
}

function writeJson(text: string): JsonObject | undefined {
  // A lone number or word is more honest as text.
  if (!/^[[{"]/.test(text)) return undefined
  let value: Json
  try {
    value = JSON.parse(text) as Json
  } catch {
    return undefined
  }
  const style = styleOf(text, value)
  return style && { json: value, ...style }
}
