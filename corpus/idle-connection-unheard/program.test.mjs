import { afterAll, expect, test } from 'vitest'
import { close, note } from './program/notes.mjs'

afterAll(close)

test('a note is kept', async () => {
  expect(await note('milk')).toBe('kept')
})
