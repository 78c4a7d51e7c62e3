import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeFrame, type Frame, frameDecoder } from './frames.ts'

const lengths = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.constantFrom(125, 126, 127, 65_535, 65_536, 70_000))
const control = fc.record({
  opcode: fc.constantFrom(8, 9, 10),
  length: fc.integer({ min: 0, max: 125 }),
  fin: fc.constant(true),
})
const data = fc.record({ opcode: fc.constantFrom(0, 1, 2), length: lengths, fin: fc.boolean() })
const frame = fc
  .tuple(fc.oneof(control, data), fc.integer({ min: 0, max: 255 }))
  .map(([{ opcode, length, fin }, seed]): Frame => {
    const bytes = Buffer.alloc(length, Buffer.from([seed, seed ^ 85, 7]))
    return { type: 'frame', opcode, fin, bytes }
  })

describe('WebSocket frames', () => {
  it('come out as they went in, in whatever pieces they travel', () => {
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 6 }),
        fc.boolean(),
        fc.array(fc.nat(200_000), { maxLength: 12 }),
        (frames, masked, cuts) => {
          const wire = Buffer.concat(frames.map((each) => encodeFrame(each, masked)))
          const edges = [0, ...cuts.map((cut) => cut % (wire.length + 1)).toSorted((a, b) => a - b), wire.length]
          const decode = frameDecoder()
          const decoded = edges.slice(1).flatMap((end, index) => decode(wire.subarray(edges[index], end)))
          expect(decoded).toEqual(frames)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('come out of single bytes', () => {
    const frames: Frame[] = [
      { type: 'frame', opcode: 1, fin: false, bytes: Buffer.from('hel') },
      { type: 'frame', opcode: 9, fin: true, bytes: Buffer.alloc(0) },
      { type: 'frame', opcode: 0, fin: true, bytes: Buffer.alloc(200, 'lo') },
    ]
    const decode = frameDecoder()
    const wire = Buffer.concat(frames.map((each) => encodeFrame(each, true)))
    expect([...wire].flatMap((byte) => decode(Uint8Array.of(byte)))).toEqual(frames)
  })

  it.each([
    ['reserved bits', [0xc1, 0x00]],
    ['a long control frame', [0x89, 126, 0, 126]],
    ['a control frame in parts', [0x09, 0]],
    ['a length beyond any memory', [0x82, 127, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
  ])('are refused with %s', (_name, bytes) => {
    expect(() => frameDecoder()(Uint8Array.from(bytes))).toThrow('invalid WebSocket frame')
  })
})
