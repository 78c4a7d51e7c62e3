import { expect, test } from 'vitest'
import { stars } from './program/stars.mjs'
import { ratings } from './stand-in.mjs'

test('a server that is down is asked a few times', async () => {
  let times = 0
  const original = globalThis.fetch
  globalThis.fetch = (...args) => {
    times++
    return original(...args)
  }
  ratings.fault('GET /ratings/:film', [503, { error: 'down' }], { times: 30 })
  await stars(7).catch(() => {})
  globalThis.fetch = original
  expect(times, 'asked again and again').toBeLessThan(10)
})
