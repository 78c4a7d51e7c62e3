import { openDatabase } from 'corpus-kit/database'
import { sqlstate } from 'mortar/faults'
import { mortarTest } from 'mortar/vitest'
import { afterAll, expect, test } from 'vitest'
import { transfer } from './program/transfer.mjs'

const db = openDatabase()
afterAll(() => db.end())

test('no money is gone', async () => {
  await mortarTest.boundary('accounts').fault(sqlstate('40P01', { operation: 'UPDATE accounts', nth: 2 }))
  await transfer(db, { from: 'ann', to: 'bob', cents: 1200 }).catch(() => {})
  const { rows } = await db.query('SELECT sum(cents)::int AS cents FROM accounts')
  expect(rows, 'money is gone').toEqual([{ cents: 5100 }])
})
