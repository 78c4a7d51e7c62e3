import { type BinaryType, readBinary, valueOf, writeBinary } from './binary-values.ts'
import { BodyReader } from './decode.ts'
import { lengthBytes } from './encode.ts'
import type { MysqlColumn, MysqlValue } from './message.ts'
import { unsignedFlag } from './types.ts'

type Row = readonly MysqlValue[]

const nullByte = Buffer.from([0xfb])

/** How the values of a column are laid out in the binary protocol. */
export function binaryTypeOf({ type, flags, decimals }: MysqlColumn): BinaryType {
  return { type, unsigned: (flags & unsignedFlag) !== 0, decimals }
}

/** Reads a row of the text protocol. */
export function readTextRow(body: Buffer, columns: readonly MysqlColumn[]): Row {
  const reader = new BodyReader(body)
  return columns.map(() => {
    const bytes = reader.lengthBytes()
    return bytes && valueOf(bytes)
  })
}

/** Reads a row of the binary protocol. */
export function readBinaryRow(body: Buffer, columns: readonly MysqlColumn[]): Row {
  const reader = new BodyReader(body, 1)
  const nulls = reader.bytes((columns.length + 9) >> 3)
  return columns.map((column, i) => {
    const bit = i + 2
    return ((nulls[bit >> 3] ?? 0) >> (bit & 7)) & 1 ? null : readBinary(reader, binaryTypeOf(column))
  })
}

/** The body of a row of the text protocol. */
export function writeTextRow(row: Row): Buffer {
  return Buffer.concat(row.map((value) => (value === null ? nullByte : lengthBytes(value))))
}

/** The body of a row of the binary protocol. @throws RangeError for a text that is no value of its column */
export function writeBinaryRow(row: Row, columns: readonly MysqlColumn[]): Buffer {
  const nulls = Buffer.alloc((columns.length + 9) >> 3)
  const values = columns.flatMap((column, i) => {
    const value = row[i] ?? null
    if (value !== null) return [writeBinary(value, binaryTypeOf(column))]
    nulls[(i + 2) >> 3]! |= 1 << ((i + 2) & 7)
    return []
  })
  return Buffer.concat([Buffer.from([0]), nulls, ...values])
}
