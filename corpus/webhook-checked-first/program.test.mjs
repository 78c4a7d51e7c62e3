import { expect, test } from 'vitest'
import { openShop } from './stand-in.mjs'

const deliver = await openShop()

test('a payment that the vendor tells of is booked', async () => {
  expect(await deliver({ id: 'evt_1', cents: 500 })).toEqual([200, { received: true }])
})
