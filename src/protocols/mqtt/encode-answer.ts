import { anyText } from '../../core/any-value.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { encodeFrame, encodeText, encodeVarint } from './encode.ts'
import type { MqttVersion } from './decode.ts'
import type { AckName, MqttReply } from './message.ts'
import { packetTypes, properties as knownProperties, type PropertyKind } from './types.ts'

const types: Readonly<Record<AckName, number>> = {
  CONNACK: packetTypes.connack,
  PUBACK: packetTypes.puback,
  PUBREC: packetTypes.pubrec,
  PUBREL: packetTypes.pubrel,
  PUBCOMP: packetTypes.pubcomp,
  SUBACK: packetTypes.suback,
  UNSUBACK: packetTypes.unsuback,
  AUTH: packetTypes.auth,
}
const numbers = new Map(Object.entries(knownProperties).map(([number, [name, kind]]) => [name, { number, kind }]))

/** An acknowledgement of the packet `id`. */
export function encodeAnswer(
  { packet, reasons, text }: MqttReply & { readonly type: 'ack' },
  id: number,
  version: MqttVersion,
): Buffer {
  const type = types[packet]
  const said = version === 5 ? [encodeProperties(text === undefined ? {} : { reasonString: text })] : []
  const number = packet === 'CONNACK' || packet === 'AUTH' ? [] : [id >> 8, id & 0xff]
  const codes = Buffer.from(reasons)
  // SUBACK and UNSUBACK have their reasons last, the others first, and before version 5 only some have any.
  const parts =
    packet === 'SUBACK' || packet === 'UNSUBACK'
      ? [...said, packet === 'SUBACK' || version === 5 ? codes : noBytes]
      : packet === 'CONNACK'
        ? [Buffer.from([0]), codes, ...said]
        : version === 5
          ? [codes, ...said]
          : []
  return encodeFrame({ type, flags: packet === 'PUBREL' ? 2 : 0, body: Buffer.concat([Buffer.from(number), ...parts]) })
}

/** Takes leave for the reason of an acknowledgement, in version 5. */
export function encodeDisconnect({ reasons, text }: MqttReply & { readonly type: 'ack' }): Buffer {
  const said = encodeProperties(text === undefined ? {} : { reasonString: text })
  return encodeFrame({ type: packetTypes.disconnect, flags: 0, body: Buffer.concat([Buffer.from(reasons), said]) })
}

/** A message as a broker brings it. */
export function encodeDelivery(
  { topic, qos, retain, duplicate, properties, body }: MqttReply & { readonly type: 'message' },
  id: number,
  version: MqttVersion,
): Buffer {
  // Topics are written out, so an alias would name nothing.
  const { topicAlias: _alias, ...rest } = properties
  return encodeFrame({
    type: packetTypes.publish,
    flags: (duplicate && qos > 0 ? 8 : 0) | (qos << 1) | (retain ? 1 : 0),
    body: Buffer.concat([
      encodeText(topic),
      qos > 0 ? Buffer.from([id >> 8, id & 0xff]) : noBytes,
      version === 5 ? encodeProperties(rest) : noBytes,
      body,
    ]),
  })
}

/** Properties of MQTT 5, with their length before them. */
export function encodeProperties(properties: JsonObject): Buffer {
  const parts = Object.entries(properties).flatMap(([name, value]) => {
    const known = numbers.get(name)
    if (!known || value === undefined) return []
    const pairs = known.kind === 'pair' && Array.isArray(value)
    const values = (pairs || Array.isArray(value) ? value : [value]) as readonly Json[]
    return values.flatMap((each) => [encodeVarint(Number(known.number)), encodeProperty(known.kind, each)])
  })
  const bytes = Buffer.concat(parts)
  return Buffer.concat([encodeVarint(bytes.length), bytes])
}

function encodeProperty(kind: PropertyKind, value: Json): Buffer {
  switch (kind) {
    case 'byte':
      return Buffer.from([Number(value)])
    case 'int16': {
      const bytes = Buffer.alloc(2)
      bytes.writeUInt16BE(Number(value))
      return bytes
    }
    case 'int32': {
      const bytes = Buffer.alloc(4)
      bytes.writeUInt32BE(Number(value))
      return bytes
    }
    case 'varint':
      return encodeVarint(Number(value))
    case 'text':
      return encodeText(anyText(value))
    case 'bytes': {
      const bytes = Buffer.from(anyText((value as JsonObject)['base64']), 'base64')
      return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes])
    }
    case 'pair':
      return Buffer.concat((value as readonly Json[]).map((text) => encodeText(anyText(text))))
  }
}

const noBytes = Buffer.alloc(0)
