import type { MqttPacket, MqttVersion } from './decode.ts'
import type { MqttFrame } from './scanner.ts'
import { packetTypes } from './types.ts'

/** A packet of this type, flags and body. */
export function encodeFrame({ type, flags, body }: Omit<MqttFrame, 'size'>): Buffer {
  return Buffer.concat([Buffer.from([(type << 4) | flags]), encodeVarint(body.length), body])
}

/** Acknowledges a packet: PUBACK, PUBREC, PUBREL, PUBCOMP. A reason is left out when all went well. */
export function encodeAck(type: number, id: number, reason = 0): Buffer {
  const body = Buffer.from([id >> 8, id & 0xff, ...(reason === 0 ? [] : [reason])])
  return encodeFrame({ type, flags: type === packetTypes.pubrel ? 2 : 0, body })
}

/** Refuses every filter of a subscription. */
export function encodeSuback(id: number, reasons: readonly number[], version: MqttVersion): Buffer {
  const body = Buffer.from([id >> 8, id & 0xff, ...(version === 5 ? [0] : []), ...reasons])
  return encodeFrame({ type: packetTypes.suback, flags: 0, body })
}

/** Refuses a connection. */
export function encodeConnack(reason: number, version: MqttVersion): Buffer {
  return encodeFrame({
    type: packetTypes.connack,
    flags: 0,
    body: Buffer.from([0, reason, ...(version === 5 ? [0] : [])]),
  })
}

/** What to change of a PUBLISH. */
export interface PublishChange {
  readonly duplicate?: boolean
  readonly payload?: Uint8Array
  readonly topic?: string
}

/** A PUBLISH once more, changed. */
export function changePublish(frame: MqttFrame, packet: MqttPacket, change: PublishChange): Buffer {
  const { body } = frame
  const afterTopic = 2 + body.readUInt16BE(0)
  const topic = change.topic === undefined ? body.subarray(0, afterTopic) : encodeText(change.topic)
  const payload = change.payload ?? body.subarray(packet.payloadAt)
  // Without a quality of service there are no duplicates, by definition.
  const flags = change.duplicate && packet.qos > 0 ? frame.flags | 8 : frame.flags
  return encodeFrame({
    type: frame.type,
    flags,
    body: Buffer.concat([topic, body.subarray(afterTopic, packet.payloadAt), payload]),
  })
}

/** PINGREQ. */
export const pingRequest: Buffer = encodeFrame({ type: packetTypes.pingreq, flags: 0, body: Buffer.alloc(0) })

/** A text with its length before it. */
export function encodeText(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes])
}

/** A number in as few bytes as it needs. */
export function encodeVarint(value: number): Buffer {
  const bytes: number[] = []
  let left = value
  do {
    const byte = left % 128
    left = Math.floor(left / 128)
    bytes.push(left > 0 ? byte | 0x80 : byte)
  } while (left > 0)
  return Buffer.from(bytes)
}
