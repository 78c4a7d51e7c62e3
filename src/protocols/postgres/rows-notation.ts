import { readBytes, writeBytes } from '../../core/bytes-notation.ts'
import { readList, readNumber, readObject, readText } from '../../core/json-fields.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import type { BodyFiles } from '../../core/protocol.ts'
import type { Copied, Field, Rows } from './message.ts'

/** What a field is when nothing else is said: computed, of no fixed size, as text. */
const usual = { table: 0, column: 0, size: -1, modifier: -1, format: 0 } as const
const numbers = Object.keys(usual) as readonly (keyof typeof usual)[]

/** Rows as lists of what people read, where that gives back the bytes; anything else as a body. */
export function writeRows(fields: Rows['fields'], data: Rows['data'], files: BodyFiles): JsonObject {
  return {
    ...(fields !== undefined && { fields: writeFields(fields) }),
    ...(data && { data: data.map((row) => row.map((cell) => (cell ? writeBytes(cell, files) : null))) }),
  }
}

/** @throws MortarError `MORTAR_CASSETTE_UNREADABLE`, as the other readers here */
export function readRows(item: JsonObject, files: BodyFiles, path: string): Rows {
  const fields = readFields(item['fields'], `${path}.fields`)
  return {
    rows: readNumber(item['rows'], `${path}.rows`),
    bytes: readNumber(item['bytes'], `${path}.bytes`),
    ...(fields !== undefined && { fields }),
    ...(item['data'] !== undefined && {
      data: readList(item['data'], `${path}.data`).map((row, i) =>
        readList(row, `${path}.data[${i}]`).map((cell, j) =>
          cell === null ? null : readBytes(cell, files, `${path}.data[${i}][${j}]`),
        ),
      ),
    }),
    ...(item['cut'] === true && { cut: true }),
  }
}

/** COPY data. */
export function readCopied(item: JsonObject, files: BodyFiles, path: string): Copied {
  return {
    messages: readNumber(item['messages'], `${path}.messages`),
    bytes: readNumber(item['bytes'], `${path}.bytes`),
    ...(item['data'] !== undefined && {
      data: readList(item['data'], `${path}.data`).map((part, i) => readBytes(part, files, `${path}.data[${i}]`)),
    }),
    ...(item['cut'] === true && { cut: true }),
  }
}

/** Name and type, and of the rest what is not as usual. */
export function writeFields(fields: readonly Field[] | null): Json {
  if (!fields) return null
  return fields.map((field) => ({
    name: field.name,
    type: field.type,
    ...Object.fromEntries(numbers.filter((key) => field[key] !== usual[key]).map((key) => [key, field[key]])),
  }))
}

/** @returns `undefined` when nothing is written, null when it is written that there are none. */
export function readFields(json: Json | undefined, path: string): Field[] | null | undefined {
  if (json === null || json === undefined) return json
  return readList(json, path).map((item, i) => {
    const at = `${path}[${i}]`
    const field = readObject(item, at)
    const rest = Object.fromEntries(numbers.map((key) => [key, readNumber(field[key], `${at}.${key}`, usual[key])]))
    const named = { name: readText(field['name'], `${at}.name`), type: readNumber(field['type'], `${at}.type`) }
    return { ...named, ...(rest as Omit<Field, 'name' | 'type'>) }
  })
}
