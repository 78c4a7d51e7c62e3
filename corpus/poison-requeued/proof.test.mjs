import { pause } from 'corpus-kit/ask'
import { openQueue, publish } from 'corpus-kit/queue'
import { mortarTest } from 'mortar/vitest'
import { expect, test } from 'vitest'
import { makeThumbnails } from './program/make-thumbnails.mjs'

test('a message that nobody can read is put aside', async () => {
  const { channel, close } = await openQueue()
  await channel.assertQueue('thumbnails')
  await makeThumbnails(channel, () => {})
  await publish(channel, 'thumbnails', 'not what was agreed on')
  await pause(500)
  const { length } = mortarTest
    .boundary('jobs')
    .exchanges()
    .filter(({ operation }) => operation.startsWith('DELIVER'))
  expect(length, 'put back again and again').toBeLessThan(5)
  await close()
})
