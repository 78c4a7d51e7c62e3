import { isUtf8 } from 'node:buffer'
import type { BodyReader } from './decode.ts'
import { int32, lengthBytes } from './encode.ts'
import type { MysqlValue } from './message.ts'

/** How a value is laid out where it is no text. */
export interface BinaryType {
  /** Number of the type. */
  readonly type: number
  readonly unsigned: boolean
  /** Digits of a second; left out where they are not known. */
  readonly decimals?: number
}

/** A value as the text protocol has it. A copy, since the chunk it came in is much larger. */
export function valueOf(bytes: Buffer): MysqlValue {
  return isUtf8(bytes) ? bytes.toString('utf8') : new Uint8Array(bytes)
}

/** Reads a value of the binary protocol as the text that the text protocol would have. */
export function readBinary(reader: BodyReader, { type, unsigned, decimals }: BinaryType): MysqlValue {
  switch (type) {
    case 1:
      return integer(BigInt(reader.byte()), 8, unsigned)
    case 2:
    case 13:
      return integer(BigInt(reader.int16()), 16, unsigned || type === 13)
    case 3:
    case 9:
      return integer(BigInt(reader.int32()), 32, unsigned)
    case 8:
      return integer(reader.int64(), 64, unsigned)
    case 4:
      return single(padded(reader, 4).readFloatLE(0))
    case 5:
      return number(padded(reader, 8).readDoubleLE(0))
    case 6:
      return null
    case 7:
    case 10:
    case 12:
      return dateOf(reader, type !== 10, decimals)
    case 11:
      return timeOf(reader, decimals)
    default: {
      const bytes = reader.lengthBytes()
      return bytes && valueOf(bytes)
    }
  }
}

/** The bytes of a value in the binary protocol. @throws RangeError for a text that is no value of the type */
export function writeBinary(value: string | Uint8Array, { type }: BinaryType): Buffer {
  const text = (): string => (typeof value === 'string' ? value : Buffer.from(value).toString('latin1'))
  switch (type) {
    case 1:
      return integerBytes(text(), 1)
    case 2:
    case 13:
      return integerBytes(text(), 2)
    case 3:
    case 9:
      return integerBytes(text(), 4)
    case 8:
      return integerBytes(text(), 8)
    case 4: {
      const bytes = Buffer.alloc(4)
      bytes.writeFloatLE(Number(text()))
      return bytes
    }
    case 5: {
      const bytes = Buffer.alloc(8)
      bytes.writeDoubleLE(Number(text()))
      return bytes
    }
    case 7:
    case 10:
    case 12:
      return dateBytes(text())
    case 11:
      return timeBytes(text())
    default:
      return lengthBytes(value)
  }
}

function integer(value: bigint, bits: number, unsigned: boolean): string {
  return String(unsigned ? value : BigInt.asIntN(bits, value))
}

function integerBytes(text: string, size: number): Buffer {
  if (!/^-?\d+$/.test(text)) throw new RangeError(`${text} is no integer`)
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt.asUintN(64, text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text)))
  return bytes.subarray(0, size)
}

/** The shortest text that gives this float back. */
function single(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return number(short)
  }
  return number(value)
}

function number(value: number): string {
  return String(value).replace('e+', 'e')
}

function padded(reader: BodyReader, size: number): Buffer {
  const bytes = reader.bytes(size)
  return bytes.length === size ? bytes : Buffer.concat([bytes, Buffer.alloc(size - bytes.length)])
}

function dateOf(reader: BodyReader, withTime: boolean, decimals: number | undefined): string {
  const length = reader.byte()
  const [year, month, day] = length >= 4 ? [reader.int16(), reader.byte(), reader.byte()] : [0, 0, 0]
  const [hour, minute, second] = length >= 7 ? [reader.byte(), reader.byte(), reader.byte()] : [0, 0, 0]
  const micro = length >= 11 ? reader.int32() : 0
  const date = `${digits(year, 4)}-${digits(month)}-${digits(day)}`
  if (!withTime) return date
  return `${date} ${digits(hour)}:${digits(minute)}:${digits(second)}${fraction(micro, decimals)}`
}

function timeOf(reader: BodyReader, decimals: number | undefined): string {
  const length = reader.byte()
  const negative = length >= 8 && reader.byte() === 1
  const days = length >= 8 ? reader.int32() : 0
  const [hour, minute, second] = length >= 8 ? [reader.byte(), reader.byte(), reader.byte()] : [0, 0, 0]
  const micro = length >= 12 ? reader.int32() : 0
  const hours = digits(days * 24 + hour)
  return `${negative ? '-' : ''}${hours}:${digits(minute)}:${digits(second)}${fraction(micro, decimals)}`
}

function fraction(micro: number, decimals: number | undefined): string {
  const shown = decimals !== undefined && decimals <= 6 ? decimals : micro > 0 ? 6 : 0
  return shown === 0 ? '' : `.${digits(micro, 6).slice(0, shown)}`
}

function digits(value: number, width = 2): string {
  return String(value).padStart(width, '0')
}

function dateBytes(text: string): Buffer {
  const found = /^(\d+)-(\d+)-(\d+)(?:[ T](\d+):(\d+):(\d+)(?:\.(\d{1,6}))?)?$/.exec(text)
  if (!found) throw new RangeError(`${text} is no date`)
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found
    .slice(1, 7)
    .map((part) => Number(part ?? 0))
  const micro = Number((found[7] ?? '').padEnd(6, '0'))
  const date = [year & 0xff, year >> 8, month, day]
  const time = [hour, minute, second]
  if (micro > 0) return Buffer.concat([Buffer.from([11, ...date, ...time]), int32(micro)])
  if (hour + minute + second > 0) return Buffer.from([7, ...date, ...time])
  return year + month + day > 0 ? Buffer.from([4, ...date]) : Buffer.from([0])
}

function timeBytes(text: string): Buffer {
  const found = /^(-?)(\d+):(\d+):(\d+)(?:\.(\d{1,6}))?$/.exec(text)
  if (!found) throw new RangeError(`${text} is no time`)
  const [hours = 0, minute = 0, second = 0] = found.slice(2, 5).map(Number)
  const micro = Number((found[5] ?? '').padEnd(6, '0'))
  if (hours + minute + second + micro === 0) return Buffer.from([0])
  const head = Buffer.concat([
    Buffer.from([micro > 0 ? 12 : 8, found[1] ? 1 : 0]),
    int32(Math.floor(hours / 24)),
    Buffer.from([hours % 24, minute, second]),
  ])
  return micro > 0 ? Buffer.concat([head, int32(micro)]) : head
}
