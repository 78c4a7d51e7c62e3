import { openDatabase } from 'corpus-kit/database'
import { afterAll, expect, test } from 'vitest'
import { postage } from './program/postage.mjs'
import './stand-in.mjs'

const db = openDatabase()
// Not waited for: a client that nobody gives back would keep it from ending.
afterAll(() => void db.end())

test('postage is known', async () => {
  expect(await postage(db, 'lamp', 'berlin')).toBe(570)
})
