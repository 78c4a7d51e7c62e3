import './stand-in.mjs'
import { openCache } from 'corpus-kit/cache'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { report } from './program/report.mjs'

let redis
beforeEach(async () => void (redis = await openCache()))
afterEach(() => redis.destroy())

test('a report is made', async () => {
  expect(await report(redis, 'may')).toBe('rep-1')
})
