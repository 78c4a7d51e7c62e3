import { openDatabase } from 'corpus-kit/database'
import { afterAll, expect, test } from 'vitest'
import { order } from './program/order.mjs'

const db = openDatabase()
afterAll(() => db.end())

test('an order is placed', async () => {
  expect(await order(db, 'book')).toBe('placed')
  const { rows } = await db.query('SELECT item FROM orders')
  expect(rows).toEqual([{ item: 'book' }])
})
