import { createServer } from 'node:http'
import { listen } from 'corpus-kit/stand-in'
import { expect, test } from 'vitest'
import { order } from './program/order.mjs'
import { payments } from './stand-in.mjs'

await listen('SHOP_URL', createServer(order))

test('a card that has expired is refused like any other', async () => {
  payments.fault('POST /charges', [402, { error: { code: 'expired_card' } }])
  const { status } = await fetch(`${process.env.SHOP_URL}/orders?card=old`, { method: 'POST' })
  expect(status, 'answered with 500').toBe(402)
})
