import { openDatabase } from 'corpus-kit/database'
import { afterAll, expect, test } from 'vitest'
import { take } from './program/take.mjs'

const db = openDatabase()
afterAll(() => db.end())

test('a piece is taken from the stock', async () => {
  expect(await take(db, 'book')).toBe(2)
})
