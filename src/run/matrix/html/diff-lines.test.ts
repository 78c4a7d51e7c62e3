import fc from 'fast-check'
import { expect, test } from 'vitest'
import { diffLines } from './diff-lines.ts'

const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd,', 'd'), { maxLength: 12 })

test('both texts are in what is laid over each other, and as much as possible only once', () => {
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const found = diffLines(before, after)
      expect(found.filter(({ kind }) => kind !== 'new').map(({ text }) => text)).toEqual(before)
      const bare = (all: readonly string[]): string[] => all.map((line) => line.replace(',', ''))
      expect(bare(found.filter(({ kind }) => kind !== 'gone').map(({ text }) => text))).toEqual(bare(after))
      const same = found.filter(({ kind }) => kind === 'same').length
      expect(same).toBe(mostCommon(bare(before), bare(after)))
    }),
  )
})

test('a field that is taken away is the only line that goes', () => {
  const before = ['{', '  "id": 1,', '  "name": "a"', '}']
  expect(diffLines(before, ['{', '  "id": 1', '}']).filter(({ kind }) => kind !== 'same')).toEqual([
    { kind: 'gone', text: '  "name": "a"' },
  ])
})

/** Length of the longest common subsequence, by its definition. */
function mostCommon(a: readonly string[], b: readonly string[]): number {
  const memo = new Map<string, number>()
  const from = (i: number, j: number): number => {
    if (i === a.length || j === b.length) return 0
    const key = `${i} ${j}`
    const known = memo.get(key)
    if (known !== undefined) return known
    const found = a[i] === b[j] ? 1 + from(i + 1, j + 1) : Math.max(from(i + 1, j), from(i, j + 1))
    memo.set(key, found)
    return found
  }
  return from(0, 0)
}
