import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '../../core/json.ts'
import { type AmqpUnit, Assembler } from './assembler.ts'
import { decodeHeader, decodeMethod } from './decode.ts'
import { encodeContent, encodeFrame, encodeMethod } from './encode.ts'
import { decodeTable, encodeTable } from './field-table.ts'
import { AmqpScanner } from './scanner.ts'
import { type ArgumentType, methodsByName, propertySpecs, protocolHeader } from './types.ts'

const short = fc.string({ maxLength: 20, unit: 'grapheme-ascii' })
// `!` marks what JSON has no type for; a table with that name in it has a test of its own.
const name = short.filter((text) => text !== '!')
const marked = fc.oneof(
  fc.record({ '!': fc.constant('b'), value: fc.integer({ min: -128, max: 127 }) }),
  fc.record({ '!': fc.constant('B'), value: fc.integer({ min: 0, max: 255 }) }),
  fc.record({ '!': fc.constantFrom('s', 'U'), value: fc.integer({ min: -32_768, max: 32_767 }) }),
  fc.record({ '!': fc.constant('u'), value: fc.integer({ min: 0, max: 65_535 }) }),
  fc.record({ '!': fc.constant('i'), value: fc.nat({ max: 4_294_967_295 }) }),
  fc.record({ '!': fc.constantFrom('l', 'L'), value: fc.maxSafeInteger() }),
  fc.record({ '!': fc.constant('l'), value: fc.constant('-9223372036854775808') }),
  fc.record({ '!': fc.constant('T'), value: fc.maxSafeNat() }),
  fc.record({ '!': fc.constant('d'), value: fc.constantFrom<Json>('NaN', '-Infinity', '-0', 1.5, 3) }),
  fc.record({ '!': fc.constant('f'), value: fc.constantFrom<Json>(0.5, 'Infinity') }),
  fc.record({ '!': fc.constant('D'), scale: fc.integer({ min: 0, max: 255 }), value: fc.nat() }),
  fc.record({ '!': fc.constant('x'), value: fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64')) }),
)
const { table } = fc.letrec<{ value: Json; table: JsonObject }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    short,
    fc.boolean(),
    fc.constant(null),
    fc.integer(),
    marked as fc.Arbitrary<Json>,
    fc.array(tie('value'), { maxLength: 3 }),
    tie('table'),
  ),
  table: fc.dictionary(fc.oneof(name, fc.constantFrom('__proto__', 'constructor')), tie('value'), {
    maxKeys: 4,
    noNullPrototype: true,
  }),
}))

const values: Readonly<Record<ArgumentType, fc.Arbitrary<Json>>> = {
  octet: fc.integer({ min: 0, max: 255 }),
  short: fc.integer({ min: 0, max: 65_535 }),
  long: fc.nat({ max: 4_294_967_295 }),
  longlong: fc.maxSafeNat(),
  shortstr: short,
  longstr: short,
  table,
  bit: fc.boolean(),
}
const methods = fc.constantFrom(...methodsByName.values()).chain((spec) => {
  const args = spec.args.filter(([arg]) => arg !== 'reserved')
  return fc.record({
    name: fc.constant(spec.name),
    fields: fc.record(Object.fromEntries(args.map(([arg, type]) => [arg, values[type]]))),
  })
})
const properties = fc.record(Object.fromEntries(propertySpecs.map(([name, type]) => [name, values[type]])), {
  requiredKeys: [],
})

/** Cuts bytes into chunks and gives all that is found in them. */
function units(bytes: Buffer, cuts: readonly number[], keep?: number): AmqpUnit[] {
  const scanner = new AmqpScanner(keep)
  const assembler = new Assembler(keep)
  const found: AmqpUnit[] = []
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b)
  for (const [i, end] of [...ends, bytes.length].entries()) {
    const chunk = bytes.subarray(i === 0 ? 0 : ends[i - 1], end)
    for (let scanned = scanner.next(chunk, 0); scanned; scanned = scanner.next(chunk, scanned.end)) {
      const unit = assembler.take(scanned.frame)
      if (unit) found.push(unit)
    }
  }
  expect(scanner.atBoundary).toBe(true)
  return found
}

describe('methods, tables and contents', () => {
  it('tables come back as they were, whatever is in them', () => {
    fc.assert(
      fc.property(table, (fields) => {
        expect(decodeTable(encodeTable(fields).subarray(4))).toEqual(fields)
      }),
    )
  })

  it('a table that looks like a marked value is none', () => {
    const inner = encodeTable({ '!': 'F', value: { '!': 'T', value: 1 } })
    expect(encodeTable(decodeTable(inner.subarray(4)))).toEqual(inner)
    expect(decodeTable(inner.subarray(4))).toEqual({ '!': 'F', value: { '!': 'T', value: 1 } })
  })

  it('every method comes back with its arguments, however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(methods, { maxLength: 6 }), fc.array(fc.nat(), { maxLength: 8 }), (asked, cuts) => {
        const plain = asked.filter(({ name }) => !/^basic\.(?:publish|return|deliver|get-ok)$/.test(name))
        const bytes = Buffer.concat(plain.map(({ name, fields }) => encodeMethod(3, name, fields)))
        const found = units(Buffer.concat([protocolHeader, bytes]), cuts)
        expect(found.map(({ name, fields }) => ({ name, fields }))).toEqual(plain)
      }),
    )
  })

  it('a content comes back, in any number of frames, between those of other channels', () => {
    fc.assert(
      fc.property(
        properties,
        fc.uint8Array({ maxLength: 300 }),
        fc.integer({ min: 9, max: 60 }),
        fc.array(fc.nat(), { maxLength: 8 }),
        (some, body, frameMax, cuts) => {
          const fields = { exchange: 'e', routingKey: 'k', mandatory: true, immediate: false }
          const one = encodeContent({ channel: 1, name: 'basic.publish', fields, properties: some, body, frameMax })
          const two = encodeContent({ channel: 2, name: 'basic.publish', fields, properties: {}, body, frameMax: 0 })
          const [first, second] = [frames(one), frames(two)]
          const mixed = first.flatMap((frame, i) => [frame, ...(second[i] ? [second[i]] : [])])
          const all = Buffer.concat([...mixed, ...second.slice(first.length), encodeFrame(8, 0, Buffer.alloc(0))])
          const found = units(all, cuts).sort((a, b) => a.channel - b.channel)
          expect(found).toHaveLength(2)
          for (const unit of found) {
            expect(unit).toMatchObject({ name: 'basic.publish', fields, size: body.length })
            expect(unit.body.equals(body)).toBe(true)
          }
          expect(decodeHeader(found[0]!.header!)).toEqual({ size: body.length, properties: some })
          const again = encodeContent({
            channel: 1,
            name: 'basic.publish',
            fields,
            properties: found[0]!.header!,
            body,
            frameMax,
          })
          expect(again.equals(one)).toBe(true)
        },
      ),
    )
  })

  it('keeps only the beginning of a large body, and counts all of it', () => {
    const body = Buffer.alloc(5000, 7)
    const fields = { exchange: '', routingKey: 'q', mandatory: false, immediate: false }
    const bytes = encodeContent({ channel: 1, name: 'basic.publish', fields, properties: {}, body, frameMax: 4096 })
    const [unit] = units(bytes, [100, 4000, 4500], 1000)
    expect(unit).toMatchObject({ size: 5000 })
    expect(unit!.body).toHaveLength(1000)
  })
})

describe('bytes that nobody sends', () => {
  it.each([
    ['a frame of no type', Buffer.from([9, 0, 0, 0, 0, 0, 0, 0xce])],
    ['a frame with another end', Buffer.from([8, 0, 0, 0, 0, 0, 0, 0xcd])],
    ['a frame of 4 GiB', Buffer.from([1, 0, 0, 255, 255, 255, 255])],
    ['another protocol', Buffer.from('AMPQ\0\0\0\0')],
    ['a method that does not exist', encodeFrame(1, 1, Buffer.from([0, 99, 0, 99]))],
    ['a method that is cut', encodeFrame(1, 1, Buffer.from([0, 50, 0, 10, 0, 0, 9, 65]))],
    ['a body without a method', encodeFrame(3, 1, Buffer.from('x'))],
    ['a method in a content', Buffer.concat([frames(publish())[0]!, publish()])],
    [
      'a body longer than stated',
      Buffer.concat([...frames(publish()).slice(0, 2), encodeFrame(3, 1, Buffer.alloc(9))]),
    ],
  ])('%s is an error, and no crash', (_what, bytes) => {
    expect(() => units(bytes, [])).toThrow(RangeError)
  })

  it('garbage gives frames or RangeErrors', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        for (const read of [
          () => decodeMethod(Buffer.from(bytes)),
          () => decodeTable(Buffer.from(bytes)),
          () => decodeHeader(Buffer.from(bytes)),
          () => units(Buffer.concat([Buffer.from([1, 0, 1, 0, 0, 0, bytes.length]), bytes, Buffer.from([0xce])]), []),
        ]) {
          try {
            read()
          } catch (error) {
            expect(error).toBeInstanceOf(RangeError)
          }
        }
      }),
    )
  })
})

function publish(): Buffer {
  const fields = { exchange: '', routingKey: 'q', mandatory: false, immediate: false }
  return encodeContent({
    channel: 1,
    name: 'basic.publish',
    fields,
    properties: {},
    body: Buffer.from('hi'),
    frameMax: 0,
  })
}

function frames(bytes: Buffer): Buffer[] {
  const found: Buffer[] = []
  for (let at = 0; at < bytes.length;) {
    const end = at + 8 + bytes.readUInt32BE(at + 3)
    found.push(bytes.subarray(at, end))
    at = end
  }
  return found
}
