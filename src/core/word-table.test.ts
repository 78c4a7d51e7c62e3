import { expect, test } from 'vitest'
import { wordTable } from './word-table.ts'

test('a table knows its own words and no others', () => {
  const table = wordTable({ a: 1, toString: 2 })

  expect(['a', 'toString', 'constructor', '__proto__', 'valueOf', 'b'].map((word) => table[word])).toEqual([
    1,
    2,
    undefined,
    undefined,
    undefined,
    undefined,
  ])
  expect(Object.entries(table)).toHaveLength(2)
})
