import { readBody, writeBody } from './body-notation.ts'
import { isObject, wrongField } from './json-fields.ts'
import type { Json } from './json.ts'
import type { BodyFiles } from './protocol.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const controls = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/

/** Text as a JSON string, anything else as a body. */
export function writeBytes(bytes: Uint8Array, files: BodyFiles): Json {
  try {
    const text = utf8.decode(bytes)
    if (!controls.test(text)) return text
  } catch {
    // Not text.
  }
  return writeBody(bytes, files)
}

/** @throws MortarError `MORTAR_CASSETTE_UNREADABLE` */
export function readBytes(json: Json | undefined, files: BodyFiles, path: string): Uint8Array {
  if (typeof json === 'string') return Buffer.from(json)
  if (!isObject(json)) throw wrongField(path, 'a text or a body', json)
  return readBody(json, files, path)
}
