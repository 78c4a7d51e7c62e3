import { openDatabase } from 'corpus-kit/database'
import { openQueue, publish } from 'corpus-kit/queue'
import { mortarTest } from 'mortar/vitest'
import { afterAll, beforeEach, test } from 'vitest'
import { book } from './program/book.mjs'

const db = openDatabase()
let queue
// A consumer lives longer than a test.
beforeEach(async () => {
  await queue?.close()
  queue = await openQueue()
  await queue.channel.assertQueue('payments')
})
afterAll(async () => {
  await queue.close()
  await db.end()
})

test('a payment is booked', async () => {
  await book(queue.channel, db)
  await publish(queue.channel, 'payments', { id: 'p1', cents: 500 })
  await mortarTest.boundary('ledger').row('SELECT id FROM entries', { id: 'p1' })
})
