import { openQueue } from 'corpus-kit/queue'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { send } from './program/send.mjs'

let queue
beforeEach(async () => {
  queue = await openQueue()
  await queue.channel.assertQueue('mails')
})
afterEach(() => queue.close())

test('a mail is sent', async () => {
  expect(await send(queue.channel, 'ada@example.com')).toBe('sent')
})
