import { expect, test } from 'vitest'
import { decodePlaceholders, isPlaceholder, kindName, outsidePlaceholders, placeholder } from './placeholder.ts'

test('the same secret gives the same placeholder, in any process', () => {
  expect(placeholder('github-token', 'ghp_example', true)).toBe('{{github-token:64921565}}')
})

test('what may be guessed gets a digest too short to confirm the guess', () => {
  expect(placeholder('password', 'hunter2', false)).toMatch(/^\{\{password:[0-9a-f]{4}\}\}$/)
})

test('kinds do not share digests', () => {
  const digests = ['password', 'token'].map((kind) => placeholder(kind, 'x', true).slice(-10))
  expect(digests[0]).not.toBe(digests[1])
})

test.each(['{{token:0a1b}}', '{{github-token:0a1b2c3d}}'])('%s is a placeholder', (text) => {
  expect(isPlaceholder(text)).toBe(true)
})

test.each(['{{token}}', '{{token:xyz1}}', '{{token:0a1b2}}', '{{Token:0a1b}}', 'x{{token:0a1b}}', ''])(
  '"%s" is none',
  (text) => {
    expect(isPlaceholder(text)).toBe(false)
  },
)

test('placeholders are passed over, also percent-encoded', () => {
  const text = 'a{{token:0a1b}}b%7B%7Btoken%3A0a1b%7D%7Dc'
  expect(outsidePlaceholders(text, (part) => part.toUpperCase())).toBe('A{{token:0a1b}}B%7B%7Btoken%3A0a1b%7D%7DC')
})

test('placeholders that a URL parser encoded are read again', () => {
  const url = new URL('https://user:{{password:0a1b}}@example.com/{{token:0a1b}}/?a={{token:0a1b}}').href
  expect(url).toContain('%7B')
  expect(decodePlaceholders(url)).toBe('https://user:{{password:0a1b}}@example.com/{{token:0a1b}}/?a={{token:0a1b}}')
})

test.each([
  ['Customer Email', 'customer-email'],
  ['customerEmail', 'customer-email'],
  ['x_1', 'x-1'],
  ['42', 'secret'],
])('a rule called %s makes the kind %s', (name, kind) => {
  expect(kindName(name)).toBe(kind)
})
