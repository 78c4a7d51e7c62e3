import { expect, test } from 'vitest'
import { compilePath, followPaths, startPaths } from './json-path.ts'

function matches(path: string, ...keys: readonly (string | number)[]): boolean {
  let state = startPaths([compilePath('rule', path)])
  for (const key of keys) state = followPaths(state, key)
  return state.kind === 'rule'
}

test.each([
  ['$.a.b', ['a', 'b']],
  ['$.a[*].c', ['a', 3, 'c']],
  ['$.a[0]', ['a', 0]],
  ['$..c', ['c']],
  ['$..c', ['a', 1, 'b', 'c']],
  ['$.a..c', ['a', 'x', 'c']],
  ['$.*.c', ['anything', 'c']],
  ["$['a b'].c", ['a b', 'c']],
  ['$["x.y"]', ['x.y']],
  ['$..items[*].id', ['deep', 'items', 7, 'id']],
  ['$[*].name', [2, 'name']],
] as const)('%s matches %j', (path, keys) => {
  expect(matches(path, ...keys)).toBe(true)
})

test.each([
  ['$.a.b', ['a']],
  ['$.a.b', ['a', 'b', 'c']],
  ['$.a.b', ['x', 'b']],
  ['$.a[0]', ['a', 1]],
  ['$.a..c', ['b', 'c']],
  ['$.a[*].c', ['a', 'c']],
] as const)('%s does not match %j', (path, keys) => {
  expect(matches(path, ...keys)).toBe(false)
})

test.each(['a.b', '$', '$.', '$.a[', '$.a[x]', '$a', ''])('"%s" is refused', (path) => {
  expect(() => compilePath('rule', path)).toThrow(SyntaxError)
})

test('knows the last name in a path, by which texts are passed over', () => {
  expect(compilePath('rule', '$.items[*].id').lastName).toBe('id')
  expect(compilePath('rule', '$.items[*]').lastName).toBe('items')
  expect(compilePath('rule', '$[*]').lastName).toBeUndefined()
})
