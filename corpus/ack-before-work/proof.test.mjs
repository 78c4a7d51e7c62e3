import { openDatabase } from 'corpus-kit/database'
import { openQueue, publish } from 'corpus-kit/queue'
import { sqlstate } from 'mortar/faults'
import { mortarTest } from 'mortar/vitest'
import { afterAll, expect, test } from 'vitest'
import { book } from './program/book.mjs'

const db = openDatabase()
afterAll(() => db.end())

test('a payment that could not be booked at once is booked later', async () => {
  const { channel, close } = await openQueue()
  await channel.assertQueue('payments')
  await mortarTest.boundary('ledger').fault(sqlstate('40P01', { operation: 'INSERT entries' }))
  await book(channel, db)
  await publish(channel, 'payments', { id: 'p1', cents: 500 })
  const row = await mortarTest
    .boundary('ledger')
    .row('SELECT id FROM entries')
    .catch(() => undefined)
  expect(row, 'the message is lost').toEqual({ id: 'p1' })
  await close()
})
