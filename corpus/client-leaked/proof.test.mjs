import { openDatabase } from 'corpus-kit/database'
import { sqlstate } from 'mortar/faults'
import { mortarTest } from 'mortar/vitest'
import { afterAll, expect, test } from 'vitest'
import { pay } from './program/pay.mjs'

const db = openDatabase()
afterAll(() => void db.end())

test('a client is given back whatever happens', async () => {
  await mortarTest.boundary('accounts').fault(sqlstate('40P01', { operation: 'UPDATE accounts' }))
  await pay(db, 'ada', 30).catch(() => {})
  expect(db.totalCount - db.idleCount, 'a client is missing').toBe(0)
})
