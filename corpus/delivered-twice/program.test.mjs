import { openDatabase } from 'corpus-kit/database'
import { openQueue, publish } from 'corpus-kit/queue'
import { mortarTest } from 'mortar/vitest'
import { afterAll, afterEach, beforeEach, test } from 'vitest'
import { book } from './program/book.mjs'

const db = openDatabase()
let queue
beforeEach(async () => {
  queue = await openQueue()
  await queue.channel.assertQueue('payments')
})
afterEach(() => queue.close())
afterAll(() => db.end())

test('payments are booked one after the other', async () => {
  await publish(queue.channel, 'payments', { id: 'p1', cents: 500 }, { messageId: 'p1' })
  await publish(queue.channel, 'payments', { id: 'p2', cents: 700 }, { messageId: 'p2' })
  await book(queue.channel, db)
  await mortarTest.boundary('ledger').row('SELECT id FROM entries', { id: 'p2' })
})
