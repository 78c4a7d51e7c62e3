import { expect, test } from 'vitest'
import { amountOf } from './program/amount-of.mjs'
import './stand-in.mjs'

test('the amount of an invoice', async () => {
  expect(await amountOf('100234')).toBe(1200)
})
