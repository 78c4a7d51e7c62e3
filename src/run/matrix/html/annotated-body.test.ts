import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeCell } from '../../../matrix/cell.ts'
import { annotatedBody } from './annotated-body.ts'
import { text } from './html-text.ts'
import type { StrikeEntry } from './page-index.ts'

function absent(pointer: string): StrikeEntry {
  const about = { boundary: 'pay', protocol: 'http', operation: 'GET /a', nth: 1 } as const
  const family = 'corruption'
  const fault = 'field absent'
  const detail = { pointers: [pointer] }
  const cell = makeCell({ test: { file: '', name: 'a' }, ...about, fault, family, detail })
  const judged = { ...cell, verdict: 'noticed', oracle: '', what: '', evidence: [], durationMs: 1 } as const
  return { id: 'strike-1-1', fault, about: pointer, family, verdict: 'noticed', cells: [judged] }
}

test('a field has its mark on the line on which it begins, whatever it is called and stands beside', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), fc.nat(), (fields, n) => {
      const key = Object.keys(fields)[n % Object.keys(fields).length]!
      const body = JSON.stringify({ items: [fields, fields] }, undefined, 2)
      const pointer = `/items/*/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
      const lines = annotatedBody(body, [absent(pointer)]).split('\n')
      const marked = lines.filter((line) => line.includes('href="#strike-1-1"'))
      expect(marked).toHaveLength(1)
      expect(marked[0]!.startsWith(`      ${text(JSON.stringify(key))}: `)).toBe(true)
      expect(lines.map((line) => line.replace(/ <a .*<\/a>$/, '')).join('\n')).toBe(text(body))
    }),
  )
})

test('what is no JSON is shown as it is', () => {
  expect(annotatedBody('{"id": <1>', [absent('/id')])).toBe('{&quot;id&quot;: &lt;1&gt;')
})
