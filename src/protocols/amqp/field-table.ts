import type { Json, JsonObject } from '../../core/json.ts'
import { ByteReader } from './byte-reader.ts'

const deepest = 32
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
/** Marks a value of a type that JSON does not have: `{ "!": "T", "value": 1700000000 }`. */
const mark = '!'

/**
 * Reads a field table without its length as JSON. Text, booleans, 32-bit integers, lists, tables and nothing stand for
 * themselves; what JSON has no type for is marked, so that {@link encodeTable} gives the same bytes back.
 *
 * @throws RangeError for bytes that no table can have
 */
export function decodeTable(bytes: Buffer, depth = 0): JsonObject {
  if (depth > deepest) throw new RangeError('a table nested too deeply')
  const reader = new ByteReader(bytes)
  const entries: [string, Json][] = []
  while (!reader.done) entries.push([reader.shortstr(), decodeValue(reader, depth)])
  const table = Object.fromEntries(entries)
  return Object.hasOwn(table, mark) ? { [mark]: 'F', value: table } : table
}

function decodeValue(reader: ByteReader, depth: number): Json {
  const type = String.fromCharCode(reader.octet())
  switch (type) {
    case 't':
      return reader.octet() !== 0
    case 'I':
      return reader.take(4).readInt32BE()
    case 'S':
      return decodeText(reader.longstr())
    case 'F':
      return decodeTable(reader.longstr(), depth + 1)
    case 'A': {
      if (depth > deepest) throw new RangeError('a table nested too deeply')
      const items = new ByteReader(reader.longstr())
      const list: Json[] = []
      while (!items.done) list.push(decodeValue(items, depth + 1))
      return list
    }
    case 'V':
      return null
    case 'x':
      return { [mark]: type, value: reader.longstr().toString('base64') }
    case 'D': {
      const scale = reader.octet()
      return { [mark]: type, scale, value: reader.long() }
    }
    default:
      return { [mark]: type, value: decodeNumber(type, reader) }
  }
}

function decodeText(bytes: Buffer): Json {
  try {
    return utf8.decode(bytes)
  } catch {
    return { [mark]: 'S', value: bytes.toString('base64') }
  }
}

function decodeNumber(type: string, reader: ByteReader): Json {
  switch (type) {
    case 'b':
      return reader.take(1).readInt8()
    case 'B':
      return reader.octet()
    // The specification and its implementations disagree on the letters of 16-bit numbers; RabbitMQ means these.
    case 's':
    case 'U':
      return reader.take(2).readInt16BE()
    case 'u':
      return reader.short()
    case 'i':
      return reader.long()
    case 'l':
    case 'L':
      return exact(reader.take(8).readBigInt64BE())
    case 'T':
      return exact(reader.take(8).readBigUInt64BE())
    case 'f':
      return plain(reader.take(4).readFloatBE())
    case 'd':
      return plain(reader.take(8).readDoubleBE())
    default:
      throw new RangeError(`no field type is called ${JSON.stringify(type)}`)
  }
}

function exact(value: bigint): Json {
  return BigInt(Number(value)) === value && Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
}

function plain(value: number): Json {
  return Number.isFinite(value) && !Object.is(value, -0) ? value : Object.is(value, -0) ? '-0' : String(value)
}

/** The bytes of a field table, its length first. */
export function encodeTable(table: JsonObject): Buffer {
  const content = table[mark] === 'F' ? (table['value'] as JsonObject) : table
  const parts = Object.entries(content).flatMap(([name, value]) => [shortText(name), encodeValue(value)])
  return sized(Buffer.concat(parts))
}

/** A text of at most 255 bytes with its length; a longer one is cut. */
export function shortText(text: string): Buffer {
  const bytes = Buffer.from(text).subarray(0, 255)
  return Buffer.concat([Buffer.from([bytes.length]), bytes])
}

/** Bytes with their length before them. */
export function sized(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

function encodeValue(value: Json | undefined): Buffer {
  if (value === null || value === undefined) return Buffer.from('V')
  if (typeof value === 'boolean') return Buffer.from([0x74, value ? 1 : 0])
  if (typeof value === 'string') return typed('S', sized(Buffer.from(value)))
  if (typeof value === 'number') return Number.isInteger(value) ? encodeInteger(value) : encodeMarked('d', value)
  if (Array.isArray(value))
    return typed('A', sized(Buffer.concat((value as readonly Json[]).map((item) => encodeValue(item)))))
  const table = value as JsonObject
  const type = table[mark]
  if (typeof type !== 'string' || type === 'F') return typed('F', encodeTable(table))
  const { value: marked } = table
  if (type !== 'D') return encodeMarked(type, typeof marked === 'string' || typeof marked === 'number' ? marked : 0)
  const decimal = Buffer.alloc(5)
  decimal.writeUInt8(Number(table['scale']) & 0xff)
  decimal.writeUInt32BE(Number(marked) >>> 0, 1)
  return typed('D', decimal)
}

function encodeInteger(value: number): Buffer {
  return (value | 0) === value
    ? typed(
        'I',
        fixed(4, (b) => b.writeInt32BE(value)),
      )
    : encodeMarked('l', value)
}

function encodeMarked(type: string, value: string | number): Buffer {
  const number = Number(value)
  switch (type) {
    case 'S':
    case 'x':
      return typed(type, sized(Buffer.from(String(value), 'base64')))
    case 'b':
      return typed(
        type,
        fixed(1, (b) => b.writeInt8(number)),
      )
    case 'B':
      return typed(
        type,
        fixed(1, (b) => b.writeUInt8(number)),
      )
    case 's':
    case 'U':
      return typed(
        type,
        fixed(2, (b) => b.writeInt16BE(number)),
      )
    case 'u':
      return typed(
        type,
        fixed(2, (b) => b.writeUInt16BE(number)),
      )
    case 'i':
      return typed(
        type,
        fixed(4, (b) => b.writeUInt32BE(number)),
      )
    case 'l':
    case 'L':
      return typed(
        type,
        fixed(8, (b) => b.writeBigInt64BE(BigInt(value))),
      )
    case 'T':
      return typed(
        type,
        fixed(8, (b) => b.writeBigUInt64BE(BigInt(value))),
      )
    case 'f':
      return typed(
        type,
        fixed(4, (b) => b.writeFloatBE(number)),
      )
    default:
      return typed(
        'd',
        fixed(8, (b) => b.writeDoubleBE(number)),
      )
  }
}

function typed(type: string, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(type, 'latin1'), bytes])
}

function fixed(size: number, write: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.alloc(size)
  write(bytes)
  return bytes
}
