import { expect, test } from 'vitest'
import { send } from './stand-in.mjs'

test('a payment that the vendor tells of is booked', async () => {
  expect(await send({ id: 'evt_1', cents: 500 })).toEqual({ received: true })
})
