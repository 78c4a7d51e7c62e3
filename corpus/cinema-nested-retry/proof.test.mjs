import { expect, test } from 'vitest'
import { showing } from './program/showing.mjs'
import { movies } from './stand-in.mjs'

test('a service that is down is asked a few times', async () => {
  let times = 0
  const original = globalThis.fetch
  globalThis.fetch = (...args) => {
    times++
    return original(...args)
  }
  movies.fault('GET /movies/:id', [503, { error: 'down' }], { times: 1000 })
  await showing(7).catch(() => {})
  globalThis.fetch = original
  expect(times, 'asked too often').toBeLessThan(10)
})
