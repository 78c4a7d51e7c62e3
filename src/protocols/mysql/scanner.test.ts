import fc from 'fast-check'
import { expect, it } from 'vitest'
import { largestPacket, packet } from './encode.ts'
import { type MysqlFrame, PacketScanner } from './scanner.ts'

const bodies = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 12 })

it('finds the same messages however the stream is cut into chunks', () => {
  fc.assert(
    fc.property(bodies, fc.infiniteStream(fc.integer({ min: 1, max: 25 })), (messages, sizes) => {
      const stream = Buffer.concat(messages.map((body, i) => packet(i, body)))
      const found = scan(new PacketScanner(), cut(stream, sizes))
      expect(found.map(({ body }) => body.toString('hex'))).toEqual(
        messages.map((body) => Buffer.from(body).toString('hex')),
      )
      expect(found.map(({ sequence }) => sequence)).toEqual(messages.map((_, i) => i))
    }),
  )
})

it('keeps no more of a message than is wanted, and knows its size', () => {
  fc.assert(
    fc.property(bodies, fc.nat(10), fc.infiniteStream(fc.integer({ min: 1, max: 9 })), (messages, keep, sizes) => {
      const stream = Buffer.concat(messages.map((body) => packet(0, body)))
      const found = scan(new PacketScanner(() => keep), cut(stream, sizes))
      expect(found.map(({ size }) => size)).toEqual(messages.map(({ length }) => length))
      for (const [i, { body }] of found.entries()) expect(body.equals(messages[i]!.subarray(0, keep))).toBe(true)
    }),
  )
})

it.each([-1, 0, 1])('puts a message of the largest packet and %s bytes together', (more) => {
  const body = Buffer.alloc(largestPacket + more, 'abc')
  const stream = Buffer.concat([packet(0, body), packet(0, Buffer.from('next'))])
  const found = scan(new PacketScanner(), cut(stream, [5_000_000, 3, 11_777_216, 1][Symbol.iterator]()))
  expect(found.map(({ size }) => size)).toEqual([body.length, 4])
  expect(found[0]!.body.equals(body)).toBe(true)
  expect(found[0]!.sequence).toBe(more < 0 ? 0 : 1)
})

it('is between two messages only there', () => {
  const scanner = new PacketScanner()
  const bytes = packet(0, Buffer.from('abc'))
  for (let i = 0; i < bytes.length; i++) {
    expect(scanner.atBoundary).toBe(i === 0)
    scanner.next(bytes.subarray(i, i + 1), 0)
  }
  expect(scanner.atBoundary).toBe(true)
})

function* cut(stream: Buffer, sizes: Iterator<number>): Generator<Buffer> {
  for (let at = 0; at < stream.length;) {
    const size = sizes.next().value ?? stream.length
    yield stream.subarray(at, at + size)
    at += size
  }
}

function scan(scanner: PacketScanner, chunks: Iterable<Buffer>): MysqlFrame[] {
  const found: MysqlFrame[] = []
  for (const chunk of chunks)
    for (let scanned = scanner.next(chunk, 0); scanned; scanned = scanner.next(chunk, scanned.end))
      found.push({ ...scanned.frame, body: Buffer.from(scanned.frame.body) })
  return found
}
