import { openDatabase } from 'corpus-kit/database'
import { settleBy } from 'mortar/vitest'
import { afterAll, expect, test } from 'vitest'
import { pay } from './program/pay.mjs'
import { settle } from './program/settle.mjs'

const db = openDatabase()
afterAll(() => db.end())
settleBy(() => settle(db))

test('an order is paid', async () => {
  expect(await pay(db, 1200)).toBe('paid')
})
