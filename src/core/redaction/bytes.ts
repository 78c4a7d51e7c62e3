import type { Json } from '../json.ts'
import type { Redactor } from '../redaction.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Replaces the secrets of a text, and of JSON by its fields. Bytes that are no text cannot be searched, and stay. */
export function redactBytes(bytes: Uint8Array, redactor: Redactor, where: string): Uint8Array {
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch {
    return bytes
  }
  const safe = /^\s*[[{]/.test(text) ? redactJson(text, redactor, where) : redactor.text(text, where)
  return safe === text ? bytes : Buffer.from(safe)
}

function redactJson(text: string, redactor: Redactor, where: string): string {
  try {
    const value = JSON.parse(text) as Json
    const safe = redactor.json(value, where)
    return safe === value ? text : JSON.stringify(safe)
  } catch {
    return redactor.text(text, where)
  }
}
