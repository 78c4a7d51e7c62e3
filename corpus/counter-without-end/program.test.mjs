import { openCache } from 'corpus-kit/cache'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isAllowed } from './program/limit.mjs'

let redis
beforeEach(async () => void (redis = await openCache()))
afterEach(() => redis.destroy())

test('some are let in', async () => {
  expect(await isAllowed(redis, 'ann')).toBe(true)
})
