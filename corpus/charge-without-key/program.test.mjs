import { beforeEach, expect, test } from 'vitest'
import { pay } from './program/pay.mjs'
import { charges } from './stand-in.mjs'

beforeEach(() => void charges.splice(0))

test('an order is paid', async () => {
  const { id } = await pay({ order: 'o-1', cents: 1000 })
  expect(charges).toEqual([{ id, amount: 1000 }])
})
