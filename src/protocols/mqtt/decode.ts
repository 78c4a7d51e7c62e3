import type { Json, JsonObject } from '../../core/json.ts'
import type { MqttFrame } from './scanner.ts'
import { packetTypes, properties, type PropertyKind } from './types.ts'

/** 3 is MQTT 3.1, 4 is 3.1.1, 5 is 5.0. */
export type MqttVersion = 3 | 4 | 5

/** A packet as both sides mean it. What a type does not have is left out. */
export interface MqttPacket {
  readonly type: number
  /** Packet identifier. */
  readonly id?: number
  readonly topic?: string
  readonly qos: 0 | 1 | 2
  readonly retain: boolean
  readonly duplicate: boolean
  readonly properties: JsonObject
  readonly filters: readonly string[]
  readonly reasons: readonly number[]
  /** Of PUBLISH: where in the frame's body it begins. */
  readonly payloadAt: number
  /** Of CONNECT. */
  readonly connect?: MqttConnect
}

/** What a client says of itself. */
export interface MqttConnect {
  readonly version: MqttVersion
  readonly clientId: string
  readonly options: JsonObject
}

/** Reads the body of a packet. @throws RangeError when it is not what its type demands. */
export function decodePacket(frame: MqttFrame, version: MqttVersion): MqttPacket {
  const { type, flags, body, size } = frame
  const reader = new BodyReader(body, body.length < size)
  const base = {
    type,
    qos: 0,
    retain: false,
    duplicate: false,
    properties: {},
    filters: [],
    reasons: [],
    payloadAt: 0,
  } as const
  const withProperties = (): JsonObject => (version === 5 && !reader.done ? reader.properties() : {})
  switch (type) {
    case packetTypes.connect:
      return { ...base, connect: readConnect(reader) }
    case packetTypes.connack: {
      reader.byte()
      return { ...base, reasons: [reader.byte()], properties: withProperties() }
    }
    case packetTypes.publish: {
      const qos = (flags >> 1) & 3
      if (qos === 3) throw new RangeError('a quality of service of 3')
      const topic = reader.text()
      const id = qos > 0 ? { id: reader.int16() } : {}
      const found = version === 5 ? reader.properties() : {}
      const { at: payloadAt } = reader
      const qualities = { qos: qos as 0 | 1 | 2, retain: (flags & 1) === 1, duplicate: (flags & 8) === 8 }
      return { ...base, ...qualities, ...id, topic, properties: found, payloadAt }
    }
    case packetTypes.puback:
    case packetTypes.pubrec:
    case packetTypes.pubrel:
    case packetTypes.pubcomp: {
      const id = reader.int16()
      return { ...base, id, reasons: [reader.done ? 0 : reader.byte()], properties: withProperties() }
    }
    case packetTypes.subscribe:
    case packetTypes.unsubscribe: {
      const id = reader.int16()
      const found = version === 5 ? reader.properties() : {}
      const filters: string[] = []
      while (!reader.done) {
        filters.push(reader.text())
        if (type === packetTypes.subscribe) reader.byte()
      }
      return { ...base, id, properties: found, filters }
    }
    case packetTypes.suback:
    case packetTypes.unsuback: {
      const id = reader.int16()
      const found = version === 5 ? reader.properties() : {}
      const reasons: number[] = []
      while (!reader.done) reasons.push(reader.byte())
      return { ...base, id, properties: found, reasons }
    }
    case packetTypes.disconnect:
    case packetTypes.auth:
      return { ...base, reasons: [reader.done ? 0 : reader.byte()], properties: withProperties() }
    default:
      return base
  }
}

function readConnect(reader: BodyReader): MqttConnect {
  const name = reader.text()
  const level = reader.byte() & 0x7f
  if ((name !== 'MQTT' && name !== 'MQIsdp') || (level !== 3 && level !== 4 && level !== 5))
    throw new RangeError('not a CONNECT that could be understood')
  const flags = reader.byte()
  const keepAlive = reader.int16()
  const found = level === 5 ? reader.properties() : {}
  const clientId = reader.text()
  const will = flags & 4 ? readWill(reader, flags, level) : undefined
  const user = flags & 0x80 ? reader.text() : undefined
  const password = flags & 0x40 ? reader.bytes(reader.int16()).toString('utf8') : undefined
  const options: JsonObject = {
    clean: (flags & 2) === 2,
    keepAlive,
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password }),
    ...(will && { will }),
    ...(Object.keys(found).length > 0 && { properties: found }),
  }
  return { version: level, clientId, options }
}

function readWill(reader: BodyReader, flags: number, level: number): JsonObject {
  const found = level === 5 ? reader.properties() : {}
  const topic = reader.text()
  const body = reader.bytes(reader.int16()).toString('utf8')
  return {
    topic,
    body,
    qos: (flags >> 3) & 3,
    retain: (flags & 0x20) !== 0,
    ...(Object.keys(found).length > 0 && { properties: found }),
  }
}

/** Reads a body from front to back. */
class BodyReader {
  readonly #body: Buffer
  readonly #cut: boolean
  at = 0

  /** @param cut - Whether only its beginning was kept. */
  constructor(body: Buffer, cut: boolean) {
    this.#body = body
    this.#cut = cut
  }

  get done(): boolean {
    return this.at >= this.#body.length
  }

  bytes(length: number): Buffer {
    const end = this.at + length
    if (end > this.#body.length)
      throw new RangeError(this.#cut ? 'a packet too large to keep' : 'a packet that ends early')
    const bytes = this.#body.subarray(this.at, end)
    this.at = end
    return bytes
  }

  byte(): number {
    return this.bytes(1)[0]!
  }

  int16(): number {
    return this.bytes(2).readUInt16BE(0)
  }

  text(): string {
    return this.bytes(this.int16()).toString('utf8')
  }

  varint(): number {
    let value = 0
    for (let i = 0; i < 4; i++) {
      const byte = this.byte()
      value += (byte & 0x7f) * 128 ** i
      if (!(byte & 0x80)) return value
    }
    throw new RangeError('a length of more than four bytes')
  }

  properties(): JsonObject {
    const end = this.varint() + this.at
    if (end > this.#body.length) throw new RangeError('properties longer than their packet')
    const found: Record<string, Json> = {}
    while (this.at < end) {
      const number = this.varint()
      const known = properties[number]
      if (!known) throw new RangeError(`no property has the number ${number}`)
      const [name, kind] = known
      const value = this.#property(kind)
      const before = found[name]
      // User properties repeat, and so do subscription identifiers.
      if (kind === 'pair' || before !== undefined)
        found[name] = [...(Array.isArray(before) ? before : before === undefined ? [] : [before]), value]
      else found[name] = value
    }
    if (this.at !== end) throw new RangeError('a property longer than all of them')
    return found
  }

  #property(kind: PropertyKind): Json {
    switch (kind) {
      case 'byte':
        return this.byte()
      case 'int16':
        return this.int16()
      case 'int32':
        return this.bytes(4).readUInt32BE(0)
      case 'varint':
        return this.varint()
      case 'text':
        return this.text()
      case 'bytes':
        return { base64: this.bytes(this.int16()).toString('base64') }
      case 'pair':
        return [this.text(), this.text()]
    }
  }
}
