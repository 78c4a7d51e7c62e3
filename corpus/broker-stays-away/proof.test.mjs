import { openDatabase } from 'corpus-kit/database'
import { openQueue } from 'corpus-kit/queue'
import { serviceDown } from 'mortar/faults'
import { mortarTest } from 'mortar/vitest'
import { afterAll, expect, test } from 'vitest'
import { order } from './program/order.mjs'
import { Publisher } from './program/publisher.mjs'

const db = openDatabase()
afterAll(() => db.end())

test('an order is heard of sooner or later, or there is none', async () => {
  const { channel, close } = await openQueue()
  await channel.assertQueue('orders.created')
  await close()
  const publisher = new Publisher()
  await mortarTest.boundary('events').fault(serviceDown({ operation: 'PUBLISH orders.created' }))
  await order(db, publisher, 'book').catch(() => {})
  await publisher.close()
  const { rows } = await db.query(
    'SELECT (SELECT count(*)::int FROM orders) AS orders, (SELECT count(*)::int FROM outbox) AS later',
  )
  expect(rows[0].later, 'placed without a word').toBe(rows[0].orders)
})
