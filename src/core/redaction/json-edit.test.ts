import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from '../json.ts'
import { editJson } from './json-edit.ts'

/** Replaces every string that begins with `secret`. */
function hide(value: Json): Json {
  if (typeof value === 'string') return value.startsWith('secret') ? 'hidden' : value
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([name, field]) => [name, hide(field as Json)] as const)
  if (entries.every(([name, field]) => field === (value as Record<string, Json>)[name])) return value
  return Array.isArray(value) ? entries.map(([, field]) => field) : (Object.fromEntries(entries) as Json)
}

const unread = (text: string): string => `unread ${text}`

test('keeps spaces, order, long numbers and escapes that were not changed', () => {
  const text =
    '{\r\n\t"b" : 12345678901234567890, "s":"secret \\"x\\"" ,\n "é":"\\u00e9\\/", "a":[1.0,1e3,"secret2"] }\n'
  expect(editJson(text, hide, unread)).toBe(
    '{\r\n\t"b" : 12345678901234567890, "s":"hidden" ,\n "é":"\\u00e9\\/", "a":[1.0,1e3,"hidden"] }\n',
  )
})

test('gives back the text itself when its value did not change', () => {
  expect(editJson('{ "a":  "b" }', hide, unread)).toBe('{ "a":  "b" }')
})

test('replaces the value under a repeated name each time', () => {
  expect(editJson('{"a":"secret1","a":"secret2"}', hide, unread)).toBe('{"a":"hidden","a":"hidden"}')
})

test('keeps a byte order mark', () => {
  expect(editJson('\ufeff["secret"]', hide, unread)).toBe('\ufeff["hidden"]')
})

test('hands on what is no JSON', () => {
  expect(editJson('{"a":', hide, unread)).toBe('unread {"a":')
})

test('hands on what is nested deeper than the stack', () => {
  const text = `${'['.repeat(100_000)}"secret"${']'.repeat(100_000)}`
  expect(editJson(text, hide, () => 'deep')).toBe('deep')
})

test('reads back as the changed value, however it was written', () => {
  const strings = fc.oneof(
    fc.string(),
    fc.string().map((text) => `secret${text}`),
  )
  const values = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      strings,
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value')),
      fc.dictionary(fc.string(), tie('value')),
    ),
  })).value
  fc.assert(
    fc.property(values, fc.constantFrom(undefined, 2, '\t'), (value, indent) => {
      const text = JSON.stringify(value, undefined, indent)
      expect(JSON.parse(editJson(text, hide, unread))).toEqual(hide(JSON.parse(text) as Json))
    }),
  )
})
