import { openCache } from 'corpus-kit/cache'
import { expect, test } from 'vitest'
import { report } from './program/report.mjs'
import { reports } from './stand-in.mjs'

test('a report can be made once more when the first one was refused', async () => {
  const redis = await openCache()
  reports.fault('POST /reports', [403, { error: 'not yours' }])
  await report(redis, 'may').catch(() => {})
  const again = await report(redis, 'may').catch((error) => error.message)
  redis.destroy()
  expect(again, 'locked for ever').toBe('rep-1')
})
