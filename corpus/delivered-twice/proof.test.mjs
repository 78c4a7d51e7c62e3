import { openDatabase } from 'corpus-kit/database'
import { openQueue, publish } from 'corpus-kit/queue'
import { messageFaults } from 'mortar/faults'
import { mortarTest } from 'mortar/vitest'
import { afterAll, expect, test } from 'vitest'
import { book } from './program/book.mjs'

const db = openDatabase()
afterAll(() => db.end())

test('a payment that is delivered twice is booked once', async () => {
  const { channel, close } = await openQueue()
  await channel.assertQueue('payments')
  await mortarTest.boundary('jobs').fault(messageFaults.redelivery())
  await publish(channel, 'payments', { id: 'p1', cents: 500 }, { messageId: 'p1' })
  await publish(channel, 'payments', { id: 'p2', cents: 700 }, { messageId: 'p2' })
  await book(channel, db)
  await mortarTest.boundary('ledger').row('SELECT id FROM entries', { id: 'p2' })
  const { rows } = await db.query('SELECT id FROM entries ORDER BY id')
  expect(rows, 'booked twice').toEqual([{ id: 'p1' }, { id: 'p2' }])
  await close()
})
