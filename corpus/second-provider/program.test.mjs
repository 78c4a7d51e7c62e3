import './stand-in.mjs'
import { expect, test } from 'vitest'
import { pay } from './program/pay.mjs'

test('an order is paid', async () => {
  expect(await pay({ order: 'o-1', cents: 1250 })).toEqual({ order: 'o-1', paid: 1250 })
})
