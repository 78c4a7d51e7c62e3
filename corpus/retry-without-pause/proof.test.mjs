import { expect, test } from 'vitest'
import { fare } from './program/fare.mjs'
import { fares } from './stand-in.mjs'

test('a service that is down is given time', async () => {
  const times = []
  const original = globalThis.fetch
  globalThis.fetch = (...args) => {
    times.push(performance.now())
    return original(...args)
  }
  fares.fault('GET /fares/:line', [503, { error: 'down' }], { times: 30 })
  await fare(7).catch(() => {})
  globalThis.fetch = original
  const pauses = times.slice(1).map((at, i) => at - times[i])
  expect(Math.max(...pauses), 'asked again without a pause').toBeGreaterThan(100)
})
