import { openDatabase } from 'corpus-kit/database'
import { openQueue, publish } from 'corpus-kit/queue'
import { mortarTest } from 'mortar/vitest'
import { afterAll, afterEach, beforeEach, test } from 'vitest'
import { book } from './program/book.mjs'

const db = openDatabase()
let queue
let worker
beforeEach(async () => {
  queue = await openQueue()
  worker = await openQueue()
  await queue.channel.assertQueue('payments')
})
afterEach(() => Promise.all([queue.close(), worker.close()]))
afterAll(() => db.end())

test('a payment is booked', async () => {
  await book(worker.channel, db)
  await publish(queue.channel, 'payments', { id: 'p1', cents: 500 })
  await mortarTest.boundary('ledger').row('SELECT id FROM entries', { id: 'p1' })
})
