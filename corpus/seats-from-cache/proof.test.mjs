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

test('there are as many guests as seats, whatever the cache says', async () => {
  await book(db, cache, 'show', 'ada')
  await book(db, cache, 'show', 'grace')
  await cache.set('free:show', '1')
  await book(db, cache, 'show', 'joan')
  const { rows } = await db.query('SELECT guest FROM bookings')
  expect(rows, 'given away twice').toHaveLength(2)
})
