import { openCache } from 'corpus-kit/cache'
import { openDatabase } from 'corpus-kit/database'
import { afterAll, expect, test } from 'vitest'
import { book } from './program/book.mjs'

const db = openDatabase()
const cache = await openCache()
afterAll(async () => {
  cache.destroy()
  await db.end()
})

test('there are as many guests as seats', async () => {
  expect(await book(db, cache, 'show', 'ada')).toBe(true)
  expect(await book(db, cache, 'show', 'grace')).toBe(true)
  expect(await book(db, cache, 'show', 'joan')).toBe(false)
})
