import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { message } from './encode.ts'
import { keepTable, MessageScanner } from './scanner.ts'

type Seen = readonly [type: number, body: string, size: number]

const keep = keepTable({ 1: Number.POSITIVE_INFINITY, 2: 3, 3: 0 })

function scan(chunks: readonly Buffer[]): { seen: Seen[]; scanner: MessageScanner } {
  const seen: Seen[] = []
  const scanner = new MessageScanner(
    keep,
    (type, bytes, at, end, size) => void seen.push([type, bytes.toString('hex', at, end), size]),
  )
  for (const chunk of chunks) scanner.push(chunk)
  return { seen, scanner }
}

function split(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const edges = [0, ...new Set(cuts.map((cut) => cut % (bytes.length + 1))), bytes.length].sort((a, b) => a - b)
  return edges.slice(1).map((end, i) => bytes.subarray(edges[i], end))
}

const messages = fc.array(fc.tuple(fc.constantFrom(1, 2, 3), fc.uint8Array({ maxLength: 40 })), { maxLength: 12 })

describe('the scanner', () => {
  it('finds the same messages however the stream is split, and keeps of each what is wanted', () => {
    fc.assert(
      fc.property(messages, fc.array(fc.nat(), { maxLength: 30 }), (sent, cuts) => {
        const stream = Buffer.concat(sent.map(([type, body]) => message(type, Buffer.from(body))))
        const { seen, scanner } = scan(split(stream, cuts))
        const kept = { 1: 40, 2: 3, 3: 0 }
        expect(seen).toEqual(
          sent.map(([type, body]) => [type, Buffer.from(body.slice(0, kept[type as 1])).toString('hex'), body.length]),
        )
        expect(scanner.atBoundary).toBe(true)
      }),
    )
  })

  it('says how many bytes certainly belong to the message under way', () => {
    fc.assert(
      fc.property(messages, fc.nat(), (sent, cut) => {
        const stream = Buffer.concat(sent.map(([type, body]) => message(type, Buffer.from(body))))
        const [head, tail] = split(stream, [cut, stream.length])
        if (!head || !tail) return
        const { seen, scanner } = scan([head])
        let at = 0
        while (scanner.owed > 0) {
          const { owed } = scanner
          scanner.push(tail.subarray(at, (at += owed)))
        }
        expect(scanner.atBoundary).toBe(true)
        expect(seen.reduce((sum, [, , size]) => sum + size + 5, 0)).toBe(head.length + at)
      }),
    )
  })

  it('refuses a length that no message can have, and takes any other bytes', () => {
    expect(() => scan([Buffer.from('Q\0\0\0\x03')])).toThrow(RangeError)
    expect(() => scan([Buffer.from('GET / HTTP/1.1\r\n')])).toThrow(RangeError)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.array(fc.nat()), (bytes, cuts) => {
        try {
          scan(split(Buffer.from(bytes), cuts))
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
        }
      }),
    )
  })
})
