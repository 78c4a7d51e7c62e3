import { expect, test } from 'vitest'
import { pay } from './program/pay.mjs'
import { charges, payments } from './stand-in.mjs'

test('a charge whose reply was lost is made once', async () => {
  payments.fault('POST /v1/charges', 'lose')
  await pay({ order: 'o-2', cents: 1250 }).catch(() => {})
  expect(charges.length, 'charged twice').toBe(1)
})
