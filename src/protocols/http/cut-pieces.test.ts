import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutPieces } from './cut-pieces.ts'

function cut(pieces: readonly string[], after: string): readonly string[] {
  return cutPieces(
    pieces.map((piece) => Buffer.from(piece)),
    Buffer.from(after),
  ).map((piece) => Buffer.from(piece).toString())
}

test('a cut at the end of a line stays there, however long the lines before became', () => {
  expect(cut(['data: a\n\n', 'data: b\n\n', 'data: c\n\n'], 'data: long\n\ndata: b\n\ndata: longer\n\n')).toEqual([
    'data: long\n\n',
    'data: b\n\n',
    'data: longer\n\n',
  ])
})

test('a cut within a line stays at its column', () => {
  expect(cut(['ab\ncd', 'ef\n'], 'x\ncdefgh\n')).toEqual(['x\ncd', 'efgh\n'])
})

test('a cut beyond the end comes at the end', () => {
  expect(cut(['abc', 'def', 'ghi'], 'ab')).toEqual(['ab', '', ''])
})

test('as many pieces as before make up the whole', () => {
  const bytes = fc.stringMatching(/^[ab\n]{0,12}$/)
  fc.assert(
    fc.property(fc.array(bytes, { minLength: 1, maxLength: 5 }), bytes, (pieces, after) => {
      const result = cut(pieces, after)
      expect(result).toHaveLength(pieces.length)
      expect(result.join('')).toBe(after)
    }),
  )
})
