import { readBytes, writeBytes } from '../../core/bytes-notation.ts'
import { isList, isObject, readList, readNumber, readText } from '../../core/json-fields.ts'
import type { Json } from '../../core/json.ts'
import type { BodyFiles } from '../../core/protocol.ts'
import type { Resp } from './resp.ts'

const scalars = ['simple', 'error', 'integer', 'double', 'big'] as const
const strings = ['verbatim', 'bulkError'] as const
const lists = ['array', 'set', 'push'] as const

/**
 * A value as people read it: strings as strings, integers as numbers, arrays as arrays; everything that JSON has no
 * kind for as an object with one key that names it: `{ "simple": "OK" }`.
 */
export function writeResp(value: Resp, files: BodyFiles): Json {
  switch (value.type) {
    case 'bulk':
      return value.bytes.length < value.size
        ? { bulk: writeBytes(value.bytes, files), size: value.size }
        : writeBytes(value.bytes, files)
    case 'verbatim':
    case 'bulkError':
      return {
        [value.type]: writeBytes(value.bytes, files),
        ...(value.bytes.length < value.size && { size: value.size }),
      }
    case 'integer': {
      const number = Number(value.text)
      return String(number) === value.text && Number.isSafeInteger(number) ? number : { integer: value.text }
    }
    case 'simple':
    case 'error':
    case 'double':
    case 'big':
      return { [value.type]: value.text }
    case 'null':
      return value.form === 'bulk' ? null : { null: value.form }
    case 'boolean':
      return value.value
    case 'array': {
      const items = value.items.map((item) => writeResp(item, files))
      return value.size === undefined ? items : { array: items, size: value.size }
    }
    case 'set':
    case 'push':
      return { [value.type]: value.items.map((item) => writeResp(item, files)), ...sized(value) }
    case 'map':
      return { map: pairs(value.items, files), ...sized(value) }
    case 'attribute':
      return { attribute: pairs(value.items, files), of: writeResp(value.value, files) }
  }
}

/** Gives back what {@link writeResp} was given. @throws MortarError `MORTAR_CASSETTE_UNREADABLE` */
export function readResp(json: Json | undefined, files: BodyFiles, path: string): Resp {
  if (json === null) return { type: 'null', form: 'bulk' }
  if (typeof json === 'boolean') return { type: 'boolean', value: json }
  if (typeof json === 'number') return { type: 'integer', text: String(json) }
  if (isList(json)) return { type: 'array', items: json.map((item, i) => readResp(item, files, `${path}[${i}]`)) }
  if (!isObject(json)) return stringOf('bulk', json, undefined, files, path)
  for (const type of scalars)
    if (json[type] !== undefined) return { type, text: readText(json[type], `${path}.${type}`) }
  for (const type of strings)
    if (json[type] !== undefined) return stringOf(type, json[type], json['size'], files, `${path}.${type}`)
  for (const type of lists) {
    const items = json[type]
    if (items === undefined) continue
    const all = readList(items, path).map((item, i) => readResp(item, files, `${path}.${type}[${i}]`))
    return { type, items: all, ...readSize(json['size'], path) }
  }
  if (json['map'] !== undefined)
    return { type: 'map', items: unpair(json['map'], files, `${path}.map`), ...readSize(json['size'], path) }
  if (json['attribute'] !== undefined)
    return {
      type: 'attribute',
      items: unpair(json['attribute'], files, `${path}.attribute`),
      value: readResp(json['of'], files, `${path}.of`),
    }
  const form = json['null']
  if (form === 'array' || form === 'null') return { type: 'null', form }
  if (json['bulk'] !== undefined) return stringOf('bulk', json['bulk'], json['size'], files, `${path}.bulk`)
  return stringOf('bulk', json, undefined, files, path)
}

function stringOf(
  type: 'bulk' | 'verbatim' | 'bulkError',
  json: Json | undefined,
  size: Json | undefined,
  files: BodyFiles,
  path: string,
): Resp {
  const bytes = readBytes(json, files, path)
  return { type, bytes, size: readNumber(size, `${path}.size`, bytes.length) }
}

/** How many elements there were, where not all were kept. */
function sized({ size }: { readonly size?: number }): { readonly size?: number } {
  return size === undefined ? {} : { size }
}

function readSize(size: Json | undefined, path: string): { readonly size?: number } {
  return size === undefined ? {} : { size: readNumber(size, `${path}.size`) }
}

function pairs(items: readonly Resp[], files: BodyFiles): Json {
  const written: Json[] = []
  for (let i = 0; i < items.length; i += 2) written.push(items.slice(i, i + 2).map((item) => writeResp(item, files)))
  return written
}

function unpair(json: Json, files: BodyFiles, path: string): Resp[] {
  return readList(json, path).flatMap((pair, i) =>
    readList(pair, `${path}[${i}]`).map((item, j) => readResp(item, files, `${path}[${i}][${j}]`)),
  )
}
