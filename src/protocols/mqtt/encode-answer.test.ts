import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { decodePacket } from './decode.ts'
import { encodeAnswer, encodeDelivery } from './encode-answer.ts'
import { MqttScanner } from './scanner.ts'

const text = fc.string({ maxLength: 20 })
const properties: fc.Arbitrary<JsonObject> = fc.record(
  {
    payloadFormatIndicator: fc.constantFrom(0, 1),
    messageExpiryInterval: fc.nat({ max: 2 ** 32 - 1 }),
    contentType: text,
    responseTopic: text,
    correlationData: fc
      .uint8Array({ maxLength: 20 })
      .map((bytes) => ({ base64: Buffer.from(bytes).toString('base64') })),
    subscriptionIdentifier: fc.oneof(
      fc.integer({ min: 1, max: 2 ** 28 - 1 }),
      fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 2, maxLength: 3 }),
    ),
    userProperties: fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 3 }),
  },
  { requiredKeys: [] },
)

it('a delivery is decoded as what was encoded, but for its alias', () => {
  const common = {
    retain: fc.boolean(),
    duplicate: fc.boolean(),
    qos: fc.constantFrom(0 as const, 1 as const, 2 as const),
  }
  fc.assert(
    fc.property(
      fc.record(common),
      text,
      properties,
      fc.uint8Array(),
      fc.constantFrom(4 as const, 5 as const),
      (...all) => {
        const [parts, topic, found, body, version] = all
        const message = { type: 'message', ...parts, topic, body, size: body.length } as const
        const bytes = encodeDelivery({ ...message, properties: { ...found, topicAlias: 3 } }, 7, version)
        const { frame, end } = new MqttScanner().next(bytes, 0)!
        const packet = decodePacket(frame, version)
        expect(end).toBe(bytes.length)
        expect(packet).toMatchObject({
          topic,
          qos: parts.qos,
          retain: parts.retain,
          properties: version === 5 ? found : {},
        })
        expect(packet.duplicate).toBe(parts.duplicate && parts.qos > 0)
        expect(packet.id).toBe(parts.qos > 0 ? 7 : undefined)
        expect(frame.body.subarray(packet.payloadAt).equals(body)).toBe(true)
      },
    ),
  )
})

it.each(['PUBACK', 'PUBREC', 'PUBREL', 'PUBCOMP', 'SUBACK', 'UNSUBACK'] as const)(
  '%s says which packet, and why not',
  (packet) => {
    const reasons = packet === 'SUBACK' || packet === 'UNSUBACK' ? [0x83, 0] : [0x83]
    const bytes = encodeAnswer({ type: 'ack', packet, reasons, text: 'no' }, 300, 5)
    const { frame } = new MqttScanner().next(bytes, 0)!
    expect(decodePacket(frame, 5)).toMatchObject({ id: 300, reasons, properties: { reasonString: 'no' } })
    const old = new MqttScanner().next(encodeAnswer({ type: 'ack', packet, reasons: [0x80] }, 300, 4), 0)!
    expect(decodePacket(old.frame, 4)).toMatchObject({ id: 300, properties: {} })
  },
)
