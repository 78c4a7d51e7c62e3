import { expect, it } from 'vitest'
import { loadFailure } from './load-failure.ts'

it('names the place that is to be mended, in one line', () => {
  const refused =
    'Transform failed with 1 error:\n\n\u001B[31m[PARSE_ERROR] \u001B[0mExpected `)`\n   ╭─[ src/a.ts:1:30 ]\n'
  expect(loadFailure({ message: refused }, '/p')).toBe('[PARSE_ERROR] Expected `)` (src/a.ts:1:30)')
  const plugin = { message: 'Failed to parse\nmore', __vitest_rollup_error__: { id: '/p/src/b.js' } }
  expect(loadFailure(plugin, '/p')).toBe('Failed to parse (src/b.js)')
  const placed = {
    message: 'Failed to parse',
    __vitest_rollup_error__: { id: '/p/src/b.js', loc: { line: 2, column: 6 } },
  }
  expect(loadFailure(placed, '/p')).toBe('Failed to parse (src/b.js:2:7)')
  expect(loadFailure({ message: 'no', stacks: [{ file: '/p/c.test.ts', line: 7 }] }, '/p')).toBe('no (c.test.ts:7)')
  const thrown = { message: 'no', stacks: [{ file: '/p/c.test.ts', line: 7, column: 3 }] }
  expect(loadFailure(thrown, '/p')).toBe('no (c.test.ts:7:3)')
  expect(loadFailure({ message: `Cannot find module './x' imported from /p/src/d.ts` }, '/p')).toBe(
    `Cannot find module './x' imported from /p/src/d.ts`,
  )
  expect(loadFailure({}, '/p')).toBe('it failed')
})
