import { BodyReader } from './decode.ts'
import { message } from './encode.ts'
import type { Field, Row } from './message.ts'
import { fromServer } from './types.ts'

/** Reads the body of a RowDescription. */
export function readFieldList(body: Buffer): Field[] {
  const reader = new BodyReader(body)
  return Array.from({ length: reader.int16() }, () => ({
    name: reader.text(),
    table: reader.int32() >>> 0,
    column: (reader.int16() << 16) >> 16,
    type: reader.int32() >>> 0,
    size: (reader.int16() << 16) >> 16,
    modifier: reader.int32(),
    format: reader.int16(),
  }))
}

/** Reads the body of a DataRow. */
export function readRow(body: Buffer): Row {
  const reader = new BodyReader(body)
  return Array.from({ length: reader.int16() }, () => {
    const length = reader.int32()
    return length < 0 ? null : reader.bytes(length)
  })
}

/** Reads the body of a ParameterDescription. */
export function readTypes(body: Buffer): number[] {
  const reader = new BodyReader(body)
  return Array.from({ length: reader.int16() }, () => reader.int32() >>> 0)
}

/** Columns in the formats that a Bind message has asked for: none for all text, one for all, or one for each. */
export function withFormats(fields: readonly Field[], formats: readonly number[]): Field[] {
  return fields.map((field, i) => ({ ...field, format: (formats.length === 1 ? formats[0] : formats[i]) ?? 0 }))
}

/** A RowDescription, or NoData. */
export function encodeFieldList(fields: readonly Field[] | null): Buffer {
  if (fields === null) return message(fromServer.noData)
  const parts = fields.flatMap(({ name, table, column, type, size, modifier, format }) => {
    const rest = Buffer.alloc(18)
    rest.writeUInt32BE(table, 0)
    rest.writeInt16BE(column, 4)
    rest.writeUInt32BE(type, 6)
    rest.writeInt16BE(size, 10)
    rest.writeInt32BE(modifier, 12)
    rest.writeInt16BE(format, 16)
    return [name, rest]
  })
  return message(fromServer.rowDescription, count(fields.length), ...parts)
}

/** A DataRow. */
export function encodeRow(row: Row): Buffer {
  const parts = row.flatMap((cell) => {
    const length = Buffer.alloc(4)
    length.writeInt32BE(cell?.length ?? -1)
    return cell ? [length, Buffer.from(cell)] : [length]
  })
  return message(fromServer.dataRow, count(row.length), ...parts)
}

/** A ParameterDescription. */
export function encodeTypes(types: readonly number[]): Buffer {
  const body = Buffer.alloc(types.length * 4)
  for (const [i, type] of types.entries()) body.writeUInt32BE(type, i * 4)
  return message(fromServer.parameterDescription, count(types.length), body)
}

function count(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}
