import { pause } from 'corpus-kit/ask'
import { expect, onTestFinished, test } from 'vitest'
import { open } from './program/open.mjs'
import { counters } from './stand-in.mjs'

test('a counter that is down does not end the process', async () => {
  const uncaught = []
  const others = process.rawListeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', (error) => uncaught.push(error.message))
  onTestFinished(() => {
    process.removeAllListeners('unhandledRejection')
    for (const listener of others) process.on('unhandledRejection', listener)
  })
  counters.fault('POST /visits', [503, { error: 'down' }])
  await open('abc')
  await pause(300)
  expect(uncaught, 'nobody caught it').toEqual([])
})
