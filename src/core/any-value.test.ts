import { expect, test } from 'vitest'
import { anyNumber, anyText } from './any-value.ts'

test.each([
  ['a', 'a'],
  [1.5, '1.5'],
  [null, 'null'],
  [undefined, 'undefined'],
  [Symbol('a'), 'Symbol(a)'],
  [new RangeError('a'), 'RangeError: a'],
  [['a', 1], '["a",1]'],
  [{ a: 1 }, '{"a":1}'],
  [{ toString: false }, '{"toString":false}'],
  [{ valueOf: 1, toString: null }, '{"valueOf":1,"toString":null}'],
  [[{ toString: false }], '[{"toString":false}]'],
  [Object.create(null), '{}'],
])('%o as text', (value, text) => {
  expect(anyText(value)).toBe(text)
})

test('a value without any text is still told', () => {
  const endless: Record<string, unknown> = { toString: 1 }
  endless['self'] = endless

  expect(anyText(endless)).toBe('an object without a text')
  expect(anyText({ toString: 1, toJSON: () => undefined })).toBe('an object without a text')
})

test('only numbers and texts stand for numbers', () => {
  expect([7, '7', '', 'a', null, true, [7], { valueOf: 1 }, Symbol('7')].map(anyNumber)).toEqual([
    7,
    7,
    0,
    ...Array.from({ length: 6 }, () => Number.NaN),
  ])
})
