import { openDatabase } from 'corpus-kit/database'
import { openQueue } from 'corpus-kit/queue'
import { lostConnection } from 'mortar/faults'
import { mortarTest } from 'mortar/vitest'
import { afterAll, expect, test } from 'vitest'
import { order } from './program/order.mjs'

const db = openDatabase()
afterAll(() => db.end())

test('nobody hears of an order that is not there', async () => {
  const { channel, close } = await openQueue()
  await channel.assertQueue('orders.created')
  await mortarTest.boundary('orders').fault(lostConnection())
  await order(db, channel, 'book').catch(() => {})
  const heard = await channel.get('orders.created', { noAck: true })
  expect(heard, 'spoke of an order that is not there').toBe(false)
  await close()
})
