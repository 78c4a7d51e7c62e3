import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Json } from '../core/json.ts'
import { positionOf } from './json-position.ts'
import { printJson } from './print-json.ts'

it('changes nothing but white space', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const printed = printJson(value as Json)
      expect(JSON.stringify(JSON.parse(printed))).toBe(JSON.stringify(value))
    }),
    { numRuns: 500 },
  )
})

it('keeps a header on a line, plain lists on one, and lets pairs of numbers run on', () => {
  const printed = printJson({
    headers: [
      ['Accept', 'application/json'],
      ['X-Tag', 'a'],
    ],
    chunks: Array.from({ length: 30 }, (_, i) => [i, 1000 + i]),
    labels: ['bug', 1, null],
    lines: ['x'.repeat(60), 'y'.repeat(60)],
    none: [],
    empty: {},
    absent: undefined,
  })
  expect(printed).toBe(`{
  "headers": [
    ["Accept", "application/json"],
    ["X-Tag", "a"]
  ],
  "chunks": [
    [0, 1000], [1, 1001], [2, 1002], [3, 1003], [4, 1004], [5, 1005], [6, 1006], [7, 1007], [8, 1008], [9, 1009],
    [10, 1010], [11, 1011], [12, 1012], [13, 1013], [14, 1014], [15, 1015], [16, 1016], [17, 1017], [18, 1018],
    [19, 1019], [20, 1020], [21, 1021], [22, 1022], [23, 1023], [24, 1024], [25, 1025], [26, 1026], [27, 1027],
    [28, 1028], [29, 1029]
  ],
  "labels": ["bug", 1, null],
  "lines": [
    "${'x'.repeat(60)}",
    "${'y'.repeat(60)}"
  ],
  "none": [],
  "empty": {}
}
`)
})

it('finds the line and column of any value again', () => {
  const text = printJson({ a: [{ 'b"]': 1 }, { c: [[], {}, 'here'] }], d: 'there' })
  const at = (path: (string | number)[]) => {
    const { line, column } = positionOf(text, path)
    return text.split('\n')[line - 1]!.slice(column - 1)
  }
  expect(at(['a', 1, 'c', 2])).toBe('"here"')
  expect(at(['a', 0, 'b"]'])).toBe('1')
  expect(at(['d'])).toBe('"there"')
  expect(at([])).toBe('{')
  expect(at(['a', 1, 'missing'])).toBe('{')
})
