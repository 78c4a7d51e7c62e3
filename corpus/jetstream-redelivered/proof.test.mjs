import { openDatabase } from 'corpus-kit/database'
import { openStream } from 'corpus-kit/nats'
import { messageFaults } from 'mortar/faults'
import { mortarTest } from 'mortar/vitest'
import { afterAll, expect, test } from 'vitest'
import { book } from './program/book.mjs'

const db = openDatabase()
afterAll(() => db.end())

test('a payment that is delivered twice is booked once', async () => {
  const { streams, close } = await openStream('PAYMENTS', 'payments.>', 'booker')
  const again = { operation: 'DELIVER payments.taken', nth: 1 }
  await mortarTest.boundary('events').fault(messageFaults.duplicate(), again)
  await streams.publish('payments.taken', JSON.stringify({ id: 'p1', cents: 500 }))
  await streams.publish('payments.taken', JSON.stringify({ id: 'p2', cents: 700 }))
  await book(streams, db)
  await mortarTest.boundary('ledger').row('SELECT id FROM entries', { id: 'p1' })
  await mortarTest.boundary('ledger').row('SELECT id FROM entries', { id: 'p2' })
  const { rows } = await db.query('SELECT id FROM entries ORDER BY id')
  expect(rows, 'booked twice').toEqual([{ id: 'p1' }, { id: 'p2' }])
  await close()
})
