import { expect, test, vi } from 'vitest'
import { inEuros } from './program/in-euros.mjs'
import { rates } from './stand-in.mjs'

test('a service that is up again is asked again', async () => {
  rates.fault('GET /rates/:currency', [503, { error: 'down' }], { times: 3 })
  await inEuros(10, 'GBP').catch(() => {})
  vi.setSystemTime(Date.now() + 60_000)
  const asked = inEuros(10, 'GBP').catch(() => 'still not asked')
  expect(await asked).toBe(12.5)
})
