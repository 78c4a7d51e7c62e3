import { openDatabase } from 'corpus-kit/database'
import { openQueue } from 'corpus-kit/queue'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { order } from './program/order.mjs'
import { Publisher } from './program/publisher.mjs'

const db = openDatabase()
let publisher
beforeEach(async () => {
  const { channel, close } = await openQueue()
  await channel.assertQueue('orders.created')
  await close()
  publisher = new Publisher()
})
afterEach(() => publisher.close())
afterAll(() => db.end())

test('an order is placed', async () => {
  expect(await order(db, publisher, 'book')).toBe('placed')
})
