import { openDatabase } from 'corpus-kit/database'
import { lostAnswer } from 'mortar/faults'
import { mortarTest } from 'mortar/vitest'
import { afterAll, expect, test } from 'vitest'
import { order } from './program/order.mjs'

const db = openDatabase()
afterAll(() => db.end())

test('an order whose COMMIT was not answered is placed once', async () => {
  await mortarTest.boundary('orders').fault(lostAnswer())
  await order(db, 'book')
  const { rows } = await db.query('SELECT item FROM orders')
  expect(rows, 'ordered twice').toEqual([{ item: 'book' }])
})
