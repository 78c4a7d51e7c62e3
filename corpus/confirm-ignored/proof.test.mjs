import { openQueue } from 'corpus-kit/queue'
import { amqpFaults } from 'mortar/faults'
import { mortarTest } from 'mortar/vitest'
import { expect, test } from 'vitest'
import { send } from './program/send.mjs'

test('what the broker did not take is not sent', async () => {
  const { channel, close } = await openQueue()
  await channel.assertQueue('mails')
  const fault = await mortarTest.boundary('mails').fault(amqpFaults.nacked())
  const said = await send(channel, 'ada@example.com').catch(() => 'failed')
  await channel.waitForConfirms().catch(() => {})
  expect(fault.struck).toBe(1)
  expect(said, 'said to be sent').toBe('failed')
  await close()
})
