import { openDatabase } from 'corpus-kit/database'
import { afterAll, expect, test } from 'vitest'
import { pay } from './program/pay.mjs'

const db = openDatabase()
// Not waited for: a client that nobody gives back would keep it from ending.
afterAll(() => void db.end())

test('an account is charged', async () => {
  expect(await pay(db, 'ada', 30)).toBe(70)
})
