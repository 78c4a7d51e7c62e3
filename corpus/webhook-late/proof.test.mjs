import { createServer } from 'node:http'
import { openDatabase } from 'corpus-kit/database'
import { listen } from 'corpus-kit/stand-in'
import { expect, test, vi } from 'vitest'
import { order, receive } from './program/orders.mjs'

await listen('SHOP_URL', createServer(receive))

test('a payment that comes late is taken all the same', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'Date'] })
  await order('order-1')
  vi.advanceTimersByTime(60_000)
  vi.useRealTimers()
  const body = JSON.stringify({ order: 'order-1', cents: 500 })
  await fetch(`${process.env.SHOP_URL}/webhooks/payments`, { method: 'POST', body })
  const db = openDatabase()
  const { rows } = await db.query('SELECT cents FROM payments')
  await db.end()
  expect(rows, 'a late payment was dropped').toEqual([{ cents: 500 }])
})
