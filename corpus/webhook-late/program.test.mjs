import { createServer } from 'node:http'
import { listen } from 'corpus-kit/stand-in'
import { expect, test } from 'vitest'
import { order, receive } from './program/orders.mjs'

await listen('SHOP_URL', createServer(receive))

test('a payment is taken for the order that it is for', async () => {
  await order('order-1')
  const body = JSON.stringify({ order: 'order-1', cents: 500 })
  const { status } = await fetch(`${process.env.SHOP_URL}/webhooks/payments`, { method: 'POST', body })
  expect(status).toBe(200)
})
