import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodePacket } from './decode.ts'
import { encodeFrame } from './encode.ts'
import { type MqttFrame, MqttScanner } from './scanner.ts'
import { topicMatches } from './subscriptions.ts'

describe('the MQTT scanner', () => {
  const frame: fc.Arbitrary<MqttFrame> = fc
    .tuple(fc.integer({ min: 1, max: 15 }), fc.integer({ min: 0, max: 15 }), fc.uint8Array({ maxLength: 300 }))
    .map(([type, flags, body]) => ({ type, flags, body: Buffer.from(body), size: body.length }))

  it('gives back what was encoded, in whatever chunks it comes', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 6 }), fc.array(fc.nat(), { maxLength: 20 }), (frames, cuts) => {
        expect(scan(split(Buffer.concat(frames.map(encodeFrame)), cuts))).toEqual(frames)
      }),
    )
  })

  it('ends with a RangeError or goes on, whatever bytes come, and so does reading the packets', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map((each) => Buffer.from(each)),
      fc.array(frame, { maxLength: 3 }).map((frames) => Buffer.concat(frames.map(encodeFrame))),
    )
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(), { maxLength: 6 }), fc.constantFrom(3, 4, 5), (noise, cuts, version) => {
        try {
          for (const found of scan(split(noise, cuts))) decodePacket(found, version)
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
        }
      }),
      { numRuns: 3000 },
    )
  })

  it.each([
    ['a type that does not exist', [0x00, 0x00]],
    ['a length of more than four bytes', [0x30, 0xff, 0xff, 0xff, 0xff, 0x01]],
  ])('refuses %s', (_what, bytes) => {
    expect(() => scan([Buffer.from(bytes)])).toThrow(RangeError)
  })

  it('keeps only so much of a large packet, and knows its size', () => {
    const large = encodeFrame({ type: 3, flags: 0, body: Buffer.alloc(100_000, 'x') })
    const [found] = scan([large], new MqttScanner(10))
    expect(found).toMatchObject({ size: 100_000, body: Buffer.alloc(10, 'x') })
  })
})

describe('topic filters', () => {
  it.each([
    ['sensors/+/temp', 'sensors/7/temp', true],
    ['sensors/+/temp', 'sensors/7/8/temp', false],
    ['sensors/#', 'sensors', true],
    ['sensors/#', 'sensors/7/temp', true],
    ['$share/group/sensors/+', 'sensors/7', true],
    ['#', '$SYS/broker/uptime', false],
    ['$SYS/#', '$SYS/broker/uptime', true],
    ['a', 'a/b', false],
    ['a/+', 'a/', true],
  ])('%s and %s: %s', (filter, topic, matches) => {
    expect(topicMatches(filter, topic)).toBe(matches)
  })
})

function scan(chunks: readonly Buffer[], scanner: MqttScanner = new MqttScanner()): MqttFrame[] {
  const frames: MqttFrame[] = []
  for (const chunk of chunks)
    for (let scanned = scanner.next(chunk, 0); scanned; scanned = scanner.next(chunk, scanned.end))
      frames.push(scanned.frame)
  return frames
}

function split(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted((a, b) => a - b)
  const edges = [0, ...at, bytes.length]
  return edges.slice(1).map((end, i) => bytes.subarray(edges[i], end))
}
