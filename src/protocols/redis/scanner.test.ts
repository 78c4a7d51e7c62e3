import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeResp } from './encode.ts'
import type { Resp } from './resp.ts'
import { type RespFrame, RespScanner } from './scanner.ts'

describe('the RESP scanner', () => {
  const line = fc.string({ maxLength: 12 }).map((text) => text.replaceAll(/[\r\n]/g, ' '))
  const scalar: fc.Arbitrary<Resp> = fc.oneof(
    line.map((text): Resp => ({ type: 'simple', text })),
    line.map((text): Resp => ({ type: 'error', text })),
    fc.bigInt().map((value): Resp => ({ type: 'integer', text: String(value) })),
    fc.double().map((value): Resp => ({ type: 'double', text: String(value) })),
    fc.bigInt().map((value): Resp => ({ type: 'big', text: String(value) })),
    fc.boolean().map((value): Resp => ({ type: 'boolean', value })),
    fc.constantFrom<Resp>(
      { type: 'null', form: 'bulk' },
      { type: 'null', form: 'array' },
      { type: 'null', form: 'null' },
    ),
    fc
      .tuple(fc.constantFrom('bulk', 'verbatim', 'bulkError'), fc.uint8Array({ maxLength: 40 }))
      .map(([type, bytes]): Resp => ({ type, bytes: Buffer.from(bytes), size: bytes.length }) as Resp),
  )
  const { value } = fc.letrec<{ value: Resp; list: Resp; pairs: Resp; noted: Resp }>((tie) => ({
    value: fc.oneof({ depthSize: 'small' }, scalar, tie('list'), tie('pairs'), tie('noted')),
    list: fc
      .tuple(fc.constantFrom('array', 'set', 'push'), fc.array(tie('value'), { maxLength: 4 }))
      .map(([type, items]) => ({ type, items }) as Resp),
    pairs: fc
      .array(fc.tuple(tie('value'), tie('value')), { maxLength: 3 })
      .map((items) => ({ type: 'map', items: items.flat() }) as Resp),
    noted: fc
      .tuple(fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 2 }), tie('value'))
      .map(([items, inner]) => ({ type: 'attribute', items: items.flat(), value: inner }) as Resp),
  }))

  it('gives back what was encoded, in whatever chunks it comes', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 5 }), fc.array(fc.nat(), { maxLength: 20 }), (values, cuts) => {
        const bytes = Buffer.concat(values.map(encodeResp))
        const frames = scan(split(bytes, cuts))
        expect(frames.map((frame) => frame.value)).toEqual(values)
        expect(frames.reduce((sum, frame) => sum + frame.bytes, 0)).toBe(bytes.length)
        expect(frames.some(({ cut }) => cut)).toBe(false)
      }),
    )
  })

  it('ends with a RangeError or goes on, whatever bytes come', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      // Bytes of which much looks like RESP.
      fc
        .array(fc.constantFrom(...'*$+-:%~>|_#,(=!0123459\r\n'), { maxLength: 60 })
        .map((all) => Buffer.from(all.join(''))),
    )
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(), { maxLength: 6 }), fc.boolean(), (noise, cuts, inline) => {
        try {
          scan(split(Buffer.from(noise), cuts), new RespScanner({ inline }))
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it.each([
    ['a length that is no number', '$1x\r\nab\r\n'],
    ['a length beyond what a server takes', '$99999999999\r\n'],
    ['a string longer than stated', '$1\r\nabc\r\n'],
    ['an unknown type', '?1\r\n'],
    ['a line without carriage return', '+OK\n'],
    ['values nested without end', '*1\r\n'.repeat(1000)],
    ['a line without end', `+${'x'.repeat(70_000)}`],
  ])('refuses %s', (_what, text) => {
    expect(() => scan([Buffer.from(text)])).toThrow(RangeError)
  })

  it('reads commands as people type them', () => {
    const [frame] = scan([Buffer.from('SET  greeting "hello"\r\n')], new RespScanner({ inline: true }))
    expect(frame?.value).toMatchObject({ type: 'array', items: [{}, {}, { bytes: Buffer.from('hello') }] })
  })

  it('keeps only so much of a large value, and says so', () => {
    const large: Resp = { type: 'bulk', bytes: Buffer.alloc(5000, 'x'), size: 5000 }
    const [frame, next] = scan([encodeResp(large), Buffer.from('+OK\r\n')], new RespScanner({ keepBytes: 100 }))
    expect(frame).toMatchObject({ bytes: 5000 + 9, cut: true, value: { size: 5000, bytes: Buffer.alloc(100, 'x') } })
    expect(next?.value).toEqual({ type: 'simple', text: 'OK' })
    const many: Resp = {
      type: 'array',
      items: Array.from({ length: 50 }, (_, i) => ({ type: 'integer', text: `${i}` })),
    }
    const [list] = scan([encodeResp(many)], new RespScanner({ keepItems: 10 }))
    expect(list).toMatchObject({ cut: true, value: { items: many.type === 'array' ? many.items.slice(0, 10) : [] } })
  })

  it('keeps the first elements and counts the others, in whatever chunks they come', () => {
    const items = fc.array(value, { maxLength: 12 })
    const cuts = fc.array(fc.nat(), { maxLength: 20 })
    fc.assert(
      fc.property(items, fc.array(value, { maxLength: 2 }), cuts, fc.nat({ max: 6 }), (list, after, at, keepItems) => {
        const values: Resp[] = [{ type: 'array', items: list }, ...after]
        const bytes = Buffer.concat(values.map(encodeResp))
        const frames = scan(split(bytes, at), new RespScanner({ keepItems }))
        expect(frames).toHaveLength(values.length)
        expect(frames.reduce((sum, frame) => sum + frame.bytes, 0)).toBe(bytes.length)
        for (const [i, { value: kept, cut }] of frames.entries()) {
          const whole = countIn(values[i]!)
          expect(cut).toBe(whole > keepItems && countIn(kept) < whole)
          if (kept.type === 'array') expect(kept.size ?? kept.items.length).toBe(sizeOf(values[i]!))
          if (!cut) expect(kept).toEqual(values[i])
        }
        const all = scan(split(bytes, at), new RespScanner({ keepItems, wantsAll: () => true }))
        expect(all.map((frame) => frame.value)).toEqual(values)
      }),
    )
  })

  it('takes time in proportion to what comes, byte by byte too', () => {
    const bytes = encodeResp({ type: 'bulk', bytes: Buffer.alloc(300_000, 'x'), size: 300_000 })
    const scanner = new RespScanner()
    let found = 0
    for (let i = 0; i < bytes.length; i++) if (scanner.next(bytes.subarray(i, i + 1), 0)) found++
    expect(found).toBe(1)
  })
})

function scan(chunks: readonly Buffer[], scanner: RespScanner = new RespScanner()): RespFrame[] {
  const frames: RespFrame[] = []
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

/** Elements at any depth. */
function countIn(value: Resp): number {
  if (!('items' in value)) return 0
  const inner = value.type === 'attribute' ? [...value.items, value.value] : value.items
  return inner.reduce((sum, item) => sum + 1 + countIn(item), 0)
}

function sizeOf(value: Resp): number {
  return value.type === 'array' ? value.items.length : -1
}
