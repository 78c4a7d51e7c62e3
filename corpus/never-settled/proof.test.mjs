import { pause } from 'corpus-kit/ask'
import { openDatabase } from 'corpus-kit/database'
import { openQueue, publish } from 'corpus-kit/queue'
import { sqlstate } from 'mortar/faults'
import { mortarTest } from 'mortar/vitest'
import { afterAll, expect, test } from 'vitest'
import { book } from './program/book.mjs'

const db = openDatabase()
afterAll(() => db.end())

test('a payment that could not be booked is given back', async () => {
  const { channel, close } = await openQueue()
  await channel.assertQueue('payments')
  await mortarTest.boundary('ledger').fault(sqlstate('40P01', { operation: 'INSERT entries' }))
  await book(channel, db)
  await publish(channel, 'payments', { id: 'p1', cents: 500 })
  await pause(500)
  const settled = mortarTest
    .boundary('jobs')
    .exchanges()
    .filter(({ operation }) => operation.startsWith('DELIVER'))
    .some(({ messages }) => messages.some(({ message }) => message.type === 'settle'))
  expect(settled, 'still with the consumer').toBe(true)
  await close()
})
