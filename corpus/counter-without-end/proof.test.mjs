import { openCache } from 'corpus-kit/cache'
import { lostConnection } from 'mortar/faults'
import { mortarTest } from 'mortar/vitest'
import { expect, test } from 'vitest'
import { isAllowed } from './program/limit.mjs'

test('what is counted has an end', async () => {
  const redis = await openCache()
  await mortarTest.boundary('counters').fault(lostConnection({ operation: 'EXPIRE limit:ann' }))
  await isAllowed(redis, 'ann')
  const seconds = await redis.ttl('limit:ann')
  redis.destroy()
  // -2: there is none; -1: it has no end.
  expect(seconds, 'counts for ever').not.toBe(-1)
})
