import { pause } from 'corpus-kit/ask'
import { expect, test } from 'vitest'
import { amountOf } from './program/amount-of.mjs'
import { invoices } from './stand-in.mjs'

test('refusals do not use connections up', async () => {
  invoices.fault('GET /invoices/:id', [503, { error: 'busy' }], { times: 2 })
  await amountOf('100234').catch(() => {})
  await amountOf('100234').catch(() => {})
  const answer = await Promise.race([amountOf('100234'), pause(300).then(() => 'nothing')])
  expect(answer, 'no connection is left').toBe(1200)
})
