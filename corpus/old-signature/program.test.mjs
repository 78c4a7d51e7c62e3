import { createServer } from 'node:http'
import { listen } from 'corpus-kit/stand-in'
import { expect, test } from 'vitest'
import { receive } from './program/receive.mjs'
import { delivery } from './stand-in.mjs'

await listen('SHOP_URL', createServer(receive))

test('a payment that the vendor tells of is booked', async () => {
  const { status } = await fetch(`${process.env.SHOP_URL}/webhooks/payments`, delivery({ id: 'evt_1', cents: 500 }))
  expect(status).toBe(200)
})
