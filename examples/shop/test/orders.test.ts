import { mortarTest } from 'mortar/vitest'
import { describe, expect, test } from 'vitest'
import type { Order } from '../src/orders/order.ts'
import { useShop } from './support/test-shop.ts'

const shop = useShop()

test('an order is priced, paid, written and announced', async () => {
  const ada = await shop.customer()
  const { status, body } = await shop.order(ada, {
    reference: 'basket-1',
    lines: [
      { sku: 'poster', quantity: 1 },
      { sku: 'mug', quantity: 2 },
    ],
  })
  expect(status).toBe(201)
  expect(body).toMatchObject({ reference: 'basket-1', status: 'paid', totalCents: 4400 })

  const [payment, ...others] = await shop.payments()
  expect(others).toEqual([])
  expect(payment).toMatchObject({ amount: 4400, currency: 'eur', status: 'succeeded' })
  await mortarTest.boundary('orders').row(`SELECT * FROM payments WHERE intent_id = '${payment!.id}'`, {
    order_id: body.id,
    amount_cents: 4400,
  })
  await mortarTest.boundary('events').published('orders.created', {
    orderId: body.id,
    totalCents: 4400,
    customer: { email: 'ada@example.com' },
  })
})

test('an order can be read again', async () => {
  const placed = await shop.order(await shop.customer())
  const { status, body } = await shop.get<Order>(`/orders/${placed.body.id}`)
  expect(status).toBe(200)
  expect(body).toEqual({
    id: placed.body.id,
    reference: 'first',
    status: 'paid',
    totalCents: 2500,
    lines: [{ sku: 'mug', quantity: 2, unitCents: 1250 }],
  })
})

test('the orders of a customer are listed, the newest first, with their lines', async () => {
  const [ada, grace] = [await shop.customer(), await shop.customer('grace@example.com')]
  for (const reference of ['one', 'two', 'three']) await shop.order(ada, { reference })
  await shop.order(grace, { reference: 'hers' })
  const { body } = await shop.get<Order[]>(`/orders?customer=${ada}`)
  expect(body.map(({ reference }) => reference)).toEqual(['three', 'two', 'one'])
  expect(body.flatMap(({ lines }) => lines)).toHaveLength(3)
})

describe('what cannot be ordered', () => {
  test.each([
    ['nothing', { lines: [] }, 422, 'invalid_order'],
    ['less than one', { lines: [{ sku: 'mug', quantity: 0 }] }, 422, 'invalid_order'],
    ['what nobody sells', { lines: [{ sku: 'moon', quantity: 1 }] }, 422, 'unknown_product'],
    ['more than there is', { lines: [{ sku: 'lamp', quantity: 4 }] }, 409, 'out_of_stock'],
  ])('%s', async (_what, wishes, status, error) => {
    const answer = await shop.order(await shop.customer(), wishes)
    expect(answer).toMatchObject({ status, body: { error } })
    expect(await shop.payments()).toEqual([])
  })

  test('anything by somebody unknown', async () => {
    expect(await shop.order(4711)).toMatchObject({ status: 422, body: { error: 'unknown_customer' } })
  })
})

test('what is no JSON is refused', async () => {
  const { status, body } = await shop.post<{ error: string }>('/orders', 'an order, please')
  expect({ status, error: body.error }).toEqual({ status: 400, error: 'invalid_json' })
})

test('an order that nobody placed is not found', async () => {
  for (const id of ['1', 'one', '99999999999']) expect((await shop.get(`/orders/${id}`)).status).toBe(404)
})
