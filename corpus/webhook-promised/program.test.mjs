import { expect, test } from 'vitest'
import { settled } from './program/receive.mjs'
import { send } from './stand-in.mjs'

test('an event of the vendor is acknowledged', async () => {
  expect(await send({ id: 'evt_1', cents: 500 })).toEqual({ received: true })
  await settled()
})
