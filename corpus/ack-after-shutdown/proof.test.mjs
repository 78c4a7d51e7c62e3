import { pause } from 'corpus-kit/ask'
import { openDatabase } from 'corpus-kit/database'
import { openQueue, publish } from 'corpus-kit/queue'
import { amqpFaults } from 'mortar/faults'
import { mortarTest } from 'mortar/vitest'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { book } from './program/book.mjs'

const db = openDatabase()
afterAll(() => db.end())

test('a broker that shuts down ends the work on a message, not the process', async () => {
  const uncaught = []
  const others = process.rawListeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', (error) => uncaught.push(error.message))
  onTestFinished(() => {
    process.removeAllListeners('unhandledRejection')
    for (const listener of others) process.on('unhandledRejection', listener)
  })
  const { channel, close } = await openQueue()
  await channel.assertQueue('payments')
  await mortarTest.boundary('jobs').fault(amqpFaults.shutdown())
  await book(channel, db)
  await publish(channel, 'payments', { id: 'p1', cents: 500 }).catch(() => {})
  await mortarTest.boundary('ledger').row('SELECT id FROM entries', { id: 'p1' })
  await pause(200)
  await close()
  expect(uncaught, 'nobody caught it').toEqual([])
})
