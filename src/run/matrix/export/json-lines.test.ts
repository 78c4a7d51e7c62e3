import fc from 'fast-check'
import { expect, it } from 'vitest'
import { formatPointer } from '../../../core/json-pointer.ts'
import { jsonRange } from './json-lines.ts'

const text = JSON.stringify(
  { id: 'ch_1', items: [{ sku: 'a', tags: [] }, { sku: 'b' }], 'a/b': { c: 1 } },
  undefined,
  2,
)

function at(pointer: string): string | undefined {
  const range = jsonRange(text, pointer)
  return range && cut(text, range)
}

function cut(source: string, { start, end }: NonNullable<ReturnType<typeof jsonRange>>): string {
  const lines = source.split('\n').slice(start.line - 1, end.line)
  const last = lines.length - 1
  lines[last] = lines[last]!.slice(0, end.column - 1)
  lines[0] = lines[0]!.slice(start.column - 1)
  return lines.join('\n')
}

it('finds where a field stands', () => {
  expect(at('/id')).toBe('"id": "ch_1"')
  expect(at('/items/*/sku')).toBe('"sku": "a"')
  expect(at('/items/1/sku')).toBe('"sku": "b"')
  expect(at('/items/0/tags')).toBe('"tags": []')
  expect(at('/a~1b')).toBe('"a/b": {\n    "c": 1\n  }')
  expect([at('/none'), at('/items/2'), at('/id/deeper')]).toEqual([undefined, undefined, undefined])
})

it('finds every value of any JSON', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), (value) => {
      const whole = JSON.stringify(value, undefined, 2)
      const visit = (inner: unknown, tokens: readonly string[]): void => {
        if (tokens.length > 0) {
          const range = jsonRange(whole, formatPointer(tokens))
          const found = range && cut(whole, range)
          const json = Array.isArray(parentOf(value, tokens))
            ? found
            : found?.slice(JSON.stringify(tokens.at(-1)).length + 2)
          expect(JSON.parse(json ?? '')).toEqual(JSON.parse(JSON.stringify(inner)))
        }
        if (typeof inner === 'object' && inner !== null)
          for (const [key, each] of Object.entries(inner)) visit(each, [...tokens, key])
      }
      visit(value, [])
    }),
  )
})

function parentOf(value: unknown, tokens: readonly string[]): unknown {
  return tokens.slice(0, -1).reduce((at: unknown, token) => (at as Record<string, unknown>)[token], value)
}
