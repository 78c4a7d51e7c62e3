import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodePacket, type MqttPacket } from '../../../src/protocols/mqtt/decode.ts'
import { MqttScanner } from '../../../src/protocols/mqtt/scanner.ts'
import { optionalPackage } from '../../support/optional-package.ts'

type Loose = ReturnType<typeof optionalPackage>

const oracle = optionalPackage('mqtt-packet')

it.skipIf(!oracle)('reads what mqtt-packet writes, in version 3.1.1 and 5, whatever the chunks', () => {
  const topic = fc.string({ unit: fc.constantFrom(...'ab/1é'), minLength: 1, maxLength: 10 })
  const id = fc.integer({ min: 1, max: 65_535 })
  const properties = fc.record(
    {
      topicAlias: fc.integer({ min: 1, max: 100 }),
      contentType: topic,
      messageExpiryInterval: fc.nat(1000),
      userProperties: fc.record({ trace: topic }),
    },
    { requiredKeys: [] },
  )
  const packet = fc.oneof(
    fc.record({
      cmd: fc.constant('publish'),
      topic,
      payload: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      qos: fc.constantFrom(0, 1, 2),
      retain: fc.boolean(),
      dup: fc.constant(false),
      messageId: id,
      properties,
    }),
    fc.record({ cmd: fc.constantFrom('puback', 'pubrec', 'pubrel', 'pubcomp'), messageId: id }),
    fc.record({
      cmd: fc.constant('subscribe'),
      messageId: id,
      subscriptions: fc.array(fc.record({ topic, qos: fc.constantFrom(0, 1, 2) }), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({
      cmd: fc.constant('unsubscribe'),
      messageId: id,
      unsubscriptions: fc.array(topic, { minLength: 1, maxLength: 3 }),
    }),
    fc.record({
      cmd: fc.constant('suback'),
      messageId: id,
      granted: fc.array(fc.constantFrom(0, 1, 2, 128), { minLength: 1, maxLength: 3 }),
    }),
    fc.constant({ cmd: 'pingreq' }),
  )
  fc.assert(
    fc.property(
      fc.array(packet, { minLength: 1, maxLength: 4 }),
      fc.constantFrom(4, 5),
      fc.array(fc.nat(), { maxLength: 12 }),
      (packets, version, cuts) => {
        const bytes = Buffer.concat(packets.map((each) => oracle.generate(each, { protocolVersion: version })))
        const edges = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted((a, b) => a - b)
        const scanner = new MqttScanner()
        const seen: Record<string, unknown>[] = []
        let from = 0
        for (const end of [...edges, bytes.length]) {
          const chunk = bytes.subarray(from, end)
          from = end
          for (let found = scanner.next(chunk, 0); found; found = scanner.next(chunk, found.end)) {
            const read = decodePacket(found.frame, version as 4 | 5)
            seen.push({ ...view(read), payload: found.frame.body.subarray(read.payloadAt) })
          }
        }
        expect(seen).toHaveLength(packets.length)
        for (const [i, sent] of packets.entries()) {
          const { messageId, topic: sentTopic, payload, subscriptions, unsubscriptions, granted } = sent as Loose
          const got = seen[i]!
          const identified = sent.cmd !== 'pingreq' && !(sent.cmd === 'publish' && (sent as Loose).qos === 0)
          if (identified) expect(got['id']).toBe(messageId)
          if (sentTopic !== undefined) expect([got['topic'], got['payload']]).toEqual([sentTopic, payload])
          const filters = unsubscriptions ?? subscriptions?.map((each: { topic: string }) => each.topic)
          if (filters) expect(got['filters']).toEqual(filters)
          if (granted) expect(got['reasons']).toEqual(granted)
          if (sent.cmd !== 'publish') continue
          const { properties: sentProperties = {} } = sent as Loose
          const { userProperties, ...plain } = sentProperties
          const expected = { ...plain, ...(userProperties && { userProperties: Object.entries(userProperties) }) }
          expect(got['properties']).toEqual(version === 5 ? expected : {})
        }
      },
    ),
  )
})

function view({ id, topic, filters, reasons, properties }: MqttPacket): Record<string, unknown> {
  return { id, topic, filters, reasons, properties }
}
