import { isRawJson } from './field-tree.ts'

type Reviver = (name: string, value: unknown, context?: { readonly source?: string }) => unknown

/** The object or array that bytes are the text of; `undefined` for anything else. */
export function readJson(bytes: Uint8Array): unknown {
  return parse(bytes)
}

/**
 * Bytes of JSON with something changed in it; numbers are written as they were.
 *
 * @param change - Gives the same value when there is nothing to change.
 * @returns `bytes` themselves when they are no object or array, or nothing is changed.
 */
export function changeJsonText(bytes: Uint8Array, change: (json: unknown) => unknown): Uint8Array {
  const value = parse(bytes, asWritten)
  const next = value === undefined ? value : change(value)
  return next === value ? bytes : Buffer.from(JSON.stringify(next))
}

/** Text of bytes, without the mark that some begin with. */
export function textOfBytes({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length)
    .toString('utf8')
    .replace(/^\ufeff/, '')
}

function parse(bytes: Uint8Array, reviver?: Reviver): unknown {
  try {
    const value: unknown = JSON.parse(textOfBytes(bytes), reviver)
    return typeof value === 'object' && value !== null && !isRawJson(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Keeps a number that would not be written the same again, such as an id of 20 digits. */
const asWritten: Reviver = (_name, value, context) => {
  const source = context?.source
  if (typeof value !== 'number' || source === undefined || String(value) === source) return value
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(source)
}
