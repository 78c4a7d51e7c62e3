import { openQueue, publish } from 'corpus-kit/queue'
import { eventually } from 'mortar'
import { afterEach, beforeEach, test } from 'vitest'
import { makeThumbnails } from './program/make-thumbnails.mjs'

let queue
beforeEach(async () => {
  queue = await openQueue()
  await queue.channel.assertQueue('thumbnails')
})
afterEach(() => queue.close())

test('a thumbnail is made', async () => {
  const made = []
  await makeThumbnails(queue.channel, (name) => made.push(name))
  await publish(queue.channel, 'thumbnails', { name: 'cat.png' })
  await eventually(() => made.includes('cat.png'))
})
