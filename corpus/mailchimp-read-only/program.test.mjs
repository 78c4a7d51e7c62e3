import { openDatabase } from 'corpus-kit/database'
import { afterAll, expect, test } from 'vitest'
import { shorten } from './program/shorten.mjs'

const db = openDatabase()
afterAll(() => db.end())

test('a long link gets a short one', async () => {
  expect(await shorten(db, 'abc', 'https://long.example')).toBe('https://mort.ar/abc')
})
