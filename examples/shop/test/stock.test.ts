import { sqlstate } from 'mortar/faults'
import { mortarTest } from 'mortar/vitest'
import { expect, test } from 'vitest'
import type { Product } from '../src/orders/stock.ts'
import { useShop } from './support/test-shop.ts'

const shop = useShop()

async function left(sku: string): Promise<number | undefined> {
  const { body } = await shop.get<Product[]>('/products')
  return body.find((product) => product.sku === sku)?.stock
}

test('an order takes what it sells off the shelf', async () => {
  await shop.order(await shop.customer(), { lines: [{ sku: 'poster', quantity: 3 }] })
  expect(await left('poster')).toBe(5)
})

test('the last one is sold once', async () => {
  const ada = await shop.customer()
  const globe = [{ sku: 'globe', quantity: 1 }]
  expect((await shop.order(ada, { reference: 'a', lines: globe })).status).toBe(201)
  expect((await shop.order(ada, { reference: 'b', lines: globe })).status).toBe(409)
  expect(await left('globe')).toBe(0)
  expect(await shop.payments()).toHaveLength(1)
})

test('an order of which one line is out of stock takes nothing', async () => {
  const lines = [
    { sku: 'mug', quantity: 1 },
    { sku: 'poster', quantity: 9 },
  ]
  expect((await shop.order(await shop.customer(), { lines })).status).toBe(409)
  expect(await left('mug')).toBe(40)
})

test('an order whose lines cannot be written takes nothing and costs nothing', async () => {
  const ada = await shop.customer()
  await mortarTest.boundary('orders').fault(sqlstate('53100', { operation: 'INSERT order_lines' }))
  expect((await shop.order(ada)).status).toBe(500)
  expect(await left('mug')).toBe(40)
  expect(await shop.payments()).toEqual([])
})
