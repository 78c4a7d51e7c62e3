import './stand-in.mjs'
import { createServer } from 'node:http'
import { listen } from 'corpus-kit/stand-in'
import { expect, test } from 'vitest'
import { order } from './program/order.mjs'

await listen('SHOP_URL', createServer(order))

test('a customer is told that a card was declined', async () => {
  const { status } = await fetch(`${process.env.SHOP_URL}/orders?card=empty`, { method: 'POST' })
  expect(status).toBe(402)
})
