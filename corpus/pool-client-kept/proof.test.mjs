import { openDatabase } from 'corpus-kit/database'
import { afterAll, expect, test } from 'vitest'
import { postage } from './program/postage.mjs'
import { shipping } from './stand-in.mjs'

const db = openDatabase()
afterAll(() => void db.end())

test('a client is given back whatever happens', async () => {
  shipping.fault('GET /rates/:city', [503, {}])
  await postage(db, 'lamp', 'berlin').catch(() => {})
  expect(db.totalCount - db.idleCount, 'a client is missing').toBe(0)
})
