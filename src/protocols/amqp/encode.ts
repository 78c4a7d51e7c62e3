import type { Json, JsonObject } from '../../core/json.ts'
import { encodeTable, shortText, sized } from './field-table.ts'
import { frameEnd, frameTypes, methodsByName, propertySpecs } from './types.ts'

/** A content to write: its method, and what follows. */
export interface ContentParts {
  readonly channel: number
  readonly name: string
  readonly fields: JsonObject
  /** Properties, or the payload of a content header whose properties are kept as they are. */
  readonly properties: JsonObject | Buffer
  readonly body: Uint8Array
  /** The largest frame that was agreed on; 0: there is no limit. */
  readonly frameMax: number
}

/** A frame around its payload. */
export function encodeFrame(type: number, channel: number, payload: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(payload.length + 8)
  bytes.writeUInt8(type, 0)
  bytes.writeUInt16BE(channel, 1)
  bytes.writeUInt32BE(payload.length, 3)
  bytes.set(payload, 7)
  bytes.writeUInt8(frameEnd, payload.length + 7)
  return bytes
}

/** A method frame. What `fields` leave out is empty, false or zero. @throws RangeError for a name that none has */
export function encodeMethod(channel: number, name: string, fields: JsonObject = {}): Buffer {
  const spec = methodsByName.get(name)
  if (!spec) throw new RangeError(`no method is called ${name}`)
  const parts: Buffer[] = [number(2, spec.classId), number(2, spec.methodId)]
  let bit = 8
  for (const [arg, type] of spec.args) {
    const value = arg === 'reserved' ? undefined : fields[arg]
    if (type === 'bit') {
      if (bit === 8) {
        parts.push(Buffer.alloc(1))
        bit = 0
      }
      if (value === true) parts.at(-1)![0]! |= 1 << bit
      bit++
      continue
    }
    bit = 8
    parts.push(encodeArgument(type, value))
  }
  return encodeFrame(frameTypes.method, channel, Buffer.concat(parts))
}

/** A method with its content header and its body, cut into frames. */
export function encodeContent({ channel, name, fields, properties, body, frameMax }: ContentParts): Buffer {
  const header = Buffer.isBuffer(properties) ? Buffer.from(properties) : encodeHeader(properties)
  header.writeBigUInt64BE(BigInt(body.length), 4)
  const frames = [encodeMethod(channel, name, fields), encodeFrame(frameTypes.header, channel, header)]
  const most = frameMax > 8 ? frameMax - 8 : Number.POSITIVE_INFINITY
  for (let at = 0; at < body.length; at += most)
    frames.push(encodeFrame(frameTypes.body, channel, body.subarray(at, at + most)))
  return Buffer.concat(frames)
}

function encodeHeader(properties: JsonObject): Buffer {
  const parts: Buffer[] = [number(2, 60), number(2, 0), number(8, 0), number(2, 0)]
  let flags = 0
  for (const [i, [name, type]] of propertySpecs.entries()) {
    if (properties[name] === undefined) continue
    flags |= 0x8000 >> i
    parts.push(encodeArgument(type, properties[name]))
  }
  parts[3]!.writeUInt16BE(flags)
  return Buffer.concat(parts)
}

function encodeArgument(type: string, value: Json | undefined): Buffer {
  switch (type) {
    case 'octet':
      return number(1, value)
    case 'short':
      return number(2, value)
    case 'long':
      return number(4, value)
    case 'longlong':
      return number(8, value)
    case 'shortstr':
      return shortText(typeof value === 'string' ? value : '')
    case 'longstr':
      return sized(Buffer.from(typeof value === 'string' ? value : ''))
    default:
      return encodeTable((value ?? {}) as JsonObject)
  }
}

function number(size: 1 | 2 | 4 | 8, value: unknown): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(Math.trunc(Number(value ?? 0))))
  return bytes.subarray(8 - size)
}
