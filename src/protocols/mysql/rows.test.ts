import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyColumn, readColumn, writeColumn } from './columns.ts'
import { lengthInteger } from './encode.ts'
import { BodyReader } from './decode.ts'
import type { MysqlColumn, MysqlValue } from './message.ts'
import { readBinaryRow, readTextRow, writeBinaryRow, writeTextRow } from './rows.ts'
import { unsignedFlag } from './types.ts'

const column = (type: number, more: Partial<MysqlColumn> = {}): MysqlColumn => ({
  ...anyColumn,
  type,
  flags: 0,
  ...more,
})
const digits = (width: number, max: number): fc.Arbitrary<string> =>
  fc.integer({ min: 0, max }).map((n) => String(n).padStart(width, '0'))
const whole = (bits: number, unsigned: boolean): fc.Arbitrary<string> =>
  fc
    .bigInt(unsigned ? 0n : -(2n ** BigInt(bits - 1)), (unsigned ? 2n ** BigInt(bits) : 2n ** BigInt(bits - 1)) - 1n)
    .map(String)
const date = fc.tuple(digits(4, 9999), digits(2, 12), digits(2, 31)).map((parts) => parts.join('-'))
const clock = fc.tuple(digits(2, 23), digits(2, 59), digits(2, 59)).map((parts) => parts.join(':'))
const fraction = digits(6, 999_999).map((micro) => `.${micro}`)

/** A column with values that it can have. */
const cells: fc.Arbitrary<readonly [MysqlColumn, MysqlValue]> = fc.oneof(
  ...[1, 2, 3, 8].flatMap((type, i) =>
    [true, false].map((unsigned) =>
      whole(8 << i, unsigned).map((value) => [column(type, { flags: unsigned ? unsignedFlag : 0 }), value] as const),
    ),
  ),
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .map((n) => [column(5), String(n).replace('e+', 'e').replace(/^-0$/, '0')] as const),
  fc.float({ noNaN: true, noDefaultInfinity: true }).map((n) => [column(4), shortFloat(n)] as const),
  date.map((text) => [column(10), text] as const),
  fc.tuple(date, clock).map(([day, time]) => [column(12), `${day} ${time}`] as const),
  fc
    .tuple(date, clock, fraction)
    .map((parts) => [column(7, { decimals: 6 }), `${parts[0]} ${parts[1]}${parts[2]}`] as const),
  fc.tuple(fc.boolean(), digits(2, 838), clock, fraction).map(([negative, hours, time, micro]) => {
    const text = `${hours}${time.slice(2)}${micro}`
    const zero = !/[1-9]/.test(text)
    return [column(11, { decimals: 6 }), negative && !zero ? `-${text}` : text] as const
  }),
  fc.string({ unit: 'grapheme', maxLength: 300 }).map((text) => [column(253), text] as const),
  fc.uint8Array({ maxLength: 20 }).map((bytes) => [column(252), new Uint8Array([255, ...bytes])] as const),
  fc.constant([column(3), null] as const),
)

describe('a row', () => {
  it('of the binary protocol is read as the text it was written from', () => {
    fc.assert(
      fc.property(fc.array(cells, { maxLength: 20 }), (row) => {
        const columns = row.map(([each]) => each)
        const values = row.map(([, value]) => value)
        expect(readBinaryRow(writeBinaryRow(values, columns), columns)).toEqual(values)
        expect(readTextRow(writeTextRow(values), columns)).toEqual(values)
      }),
    )
  })

  it('that is cut short or no row at all is read as something', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 60 }),
        fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 8 }),
        (bytes, types) => {
          const columns = types.map((type) => column(type))
          expect(readBinaryRow(Buffer.from(bytes), columns)).toHaveLength(types.length)
          expect(readTextRow(Buffer.from(bytes), columns)).toHaveLength(types.length)
        },
      ),
    )
  })

  it.each([
    [1, 'one'],
    [12, 'yesterday'],
    [11, 'noon'],
  ])('of type %s is not written from `%s`', (type, text) => {
    expect(() => writeBinaryRow([text], [column(type)])).toThrow(RangeError)
  })
})

it('the description of a column survives, with what MariaDB says besides', () => {
  const described = column(252, { name: 'data', orgName: 'd', table: 'o', orgTable: 'orders', schema: 'shop', charset: 45, length: 4_294_967_295, decimals: 39 }) // prettier-ignore
  expect(readColumn(writeColumn(described, false))).toEqual(described)
  const json = { ...described, format: 'json', dataType: 'uuid' }
  expect(readColumn(writeColumn(json, true))).toEqual(json)
})

it('integers of any length survive', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 2n ** 64n - 1n), (value) => {
      expect(new BodyReader(lengthInteger(value)).bigLength()).toBe(value)
    }),
  )
})

function shortFloat(value: number): string {
  for (let precision = 1; precision < 9; precision++) {
    const short = Number(value.toPrecision(precision))
    if (Math.fround(short) === value) return String(short).replace('e+', 'e').replace(/^-0$/, '0')
  }
  return String(value).replace('e+', 'e')
}
