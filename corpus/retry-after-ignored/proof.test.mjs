import { expect, test } from 'vitest'
import { find } from './program/find.mjs'
import { search, times } from './stand-in.mjs'

test('a service that asks for a pause is given one', async () => {
  const since = performance.now()
  search.fault('GET /search', [429, { error: 'slow down' }, { 'retry-after': '1' }])
  await find('mortar').catch(() => {})
  const waited = (times[0] ?? Number.POSITIVE_INFINITY) - since
  expect(waited, 'asked too soon').toBeGreaterThan(900)
})
