import { openDatabase } from 'corpus-kit/database'
import { openStream } from 'corpus-kit/nats'
import { mortarTest } from 'mortar/vitest'
import { afterAll, afterEach, beforeEach, test } from 'vitest'
import { book } from './program/book.mjs'

const db = openDatabase()
let events
beforeEach(async () => (events = await openStream('PAYMENTS', 'payments.>', 'booker')))
afterEach(() => events.close())
afterAll(() => db.end())

test('payments are booked one after the other', async () => {
  await events.streams.publish('payments.taken', JSON.stringify({ id: 'p1', cents: 500 }))
  await events.streams.publish('payments.taken', JSON.stringify({ id: 'p2', cents: 700 }))
  await book(events.streams, db)
  await mortarTest.boundary('ledger').row('SELECT id FROM entries', { id: 'p1' })
  await mortarTest.boundary('ledger').row('SELECT id FROM entries', { id: 'p2' })
})
