import { openMariadb } from 'corpus-kit/mariadb'
import { sqlstate } from 'mortar/faults'
import { mortarTest } from 'mortar/vitest'
import { afterAll, expect, test } from 'vitest'
import { pay } from './program/pay.mjs'

const db = openMariadb()
afterAll(() => db.end())

test('what is noted after a deadlock is paid', async () => {
  await mortarTest.boundary('bank').fault(sqlstate('40P01', { operation: 'INSERT transfers' }))
  await pay(db, { id: 'tr_1', payer: 'ada', cents: 300 }).catch(() => {})
  const [[{ noted }]] = await db.query('SELECT COUNT(*) AS noted FROM transfers')
  const [[{ cents }]] = await db.query('SELECT cents FROM accounts')
  expect(cents, 'noted, and nobody has paid').toBe(1000 - 300 * noted)
})
