import fc from 'fast-check'
import { expect, it } from 'vitest'
import { matchesWords } from './match-words.ts'

it('takes a star for anything, and nothing else for more than it is', () => {
  expect(matchesWords('SELECT *', 'SELECT orders')).toBe(true)
  expect(matchesWords('*orders*', 'SELECT orders')).toBe(true)
  expect(matchesWords('SELECT *', 'INSERT orders')).toBe(false)
  expect(matchesWords('a*a', 'a')).toBe(false)
  expect(matchesWords('a.c', 'abc')).toBe(false)
})

it('agrees with a regular expression', () => {
  const short = (letters: readonly string[]) => fc.string({ unit: fc.constantFrom(...letters), maxLength: 8 })
  fc.assert(
    fc.property(short(['a', 'b', '*']), short(['a', 'b']), (wanted, text) => {
      expect(matchesWords(wanted, text)).toBe(new RegExp(`^${wanted.replaceAll('*', '.*')}$`).test(text))
    }),
  )
})
