import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeFrame } from './encode.ts'
import { type NatsFrame, type NatsOp, NatsScanner } from './scanner.ts'

const nothing = Buffer.alloc(0)

describe('the NATS scanner', () => {
  const word = fc.string({ unit: fc.constantFrom(...'abc.*>_$1é'), minLength: 1, maxLength: 12 })
  const body = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes))
  const frame: fc.Arbitrary<NatsFrame> = fc.oneof(
    fc
      .tuple(fc.constantFrom<NatsOp>('PUB', 'MSG'), fc.array(word, { minLength: 1, maxLength: 3 }), body)
      .map(([op, args, bytes]) => ({ op, args, headers: nothing, body: bytes, size: bytes.length })),
    fc
      .tuple(fc.constantFrom<NatsOp>('HPUB', 'HMSG'), fc.array(word, { minLength: 1, maxLength: 3 }), body, body)
      .map(([op, args, headers, bytes]) => ({ op, args, headers, body: bytes, size: bytes.length })),
    fc
      .tuple(fc.constantFrom<NatsOp>('SUB', 'UNSUB'), fc.array(word, { minLength: 1, maxLength: 3 }))
      .map(([op, args]) => ({ op, args, headers: nothing, body: nothing, size: 0 })),
    fc
      .constantFrom<NatsOp>('PING', 'PONG', '+OK')
      .map((op) => ({ op, args: [], headers: nothing, body: nothing, size: 0 })),
    fc
      .tuple(fc.constantFrom<NatsOp>('INFO', 'CONNECT', '-ERR'), fc.json())
      .map(([op, json]) => ({ op, args: [json.trim()], headers: nothing, body: nothing, size: 0 })),
  )

  it('gives back what was encoded, in whatever chunks it comes', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 6 }), fc.array(fc.nat(), { maxLength: 20 }), (frames, cuts) => {
        const bytes = Buffer.concat(frames.map(encodeFrame))
        expect(scan(split(bytes, cuts))).toEqual(frames)
      }),
    )
  })

  it('ends with a RangeError or goes on, whatever bytes come', () => {
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
      fc
        .array(fc.constantFrom('PUB ', 'MSG ', 'HPUB ', 'a ', '1 ', '5', '\r\n', 'PING', 'INFO {', '-ERR', ' ', 'xx'), {
          maxLength: 30,
        })
        .map((parts) => Buffer.from(parts.join(''))),
    )
    fc.assert(
      fc.property(noise, fc.array(fc.nat(), { maxLength: 6 }), (bytes, cuts) => {
        try {
          scan(split(bytes, cuts))
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it.each([
    ['an unknown operation', 'GET / HTTP/1.1\r\n'],
    ['a size that is no number', 'PUB a x\r\n'],
    ['a size beyond what a server takes', 'PUB a 999999999\r\n'],
    ['a payload longer than stated', 'PUB a 1\r\nabc\r\n'],
    ['headers longer than their message', 'HPUB a 9 3\r\nabc\r\n'],
    ['a line without carriage return', 'PING\n'],
  ])('refuses %s', (_what, text) => {
    expect(() => scan([Buffer.from(text)])).toThrow(RangeError)
  })

  it('keeps only so much of a large body, and knows its size', () => {
    const [frame] = scan([Buffer.from(`PUB a 5000\r\n${'x'.repeat(5000)}\r\n`)], new NatsScanner(10))
    expect(frame).toMatchObject({ size: 5000, body: Buffer.alloc(10, 'x') })
  })
})

function scan(chunks: readonly Buffer[], scanner: NatsScanner = new NatsScanner()): NatsFrame[] {
  const frames: NatsFrame[] = []
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
