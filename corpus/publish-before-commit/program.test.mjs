import { openDatabase } from 'corpus-kit/database'
import { openQueue } from 'corpus-kit/queue'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { order } from './program/order.mjs'

const db = openDatabase()
let queue
beforeEach(async () => {
  queue = await openQueue()
  await queue.channel.assertQueue('orders.created')
})
afterEach(() => queue.close())
afterAll(() => db.end())

test('an order is placed', async () => {
  expect(await order(db, queue.channel, 'book')).toBe('placed')
})
