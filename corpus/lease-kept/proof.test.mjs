import { expect, test } from 'vitest'
import { report } from './program/report.mjs'
import { leased, reports } from './stand-in.mjs'

test('a lease is given back when there is no report', async () => {
  reports.fault('POST /reports', [403, { error: 'not yours' }])
  await report('may').catch(() => {})
  expect(leased.size, 'leased for ever').toBe(0)
})
