import { mortarTest } from 'mortar/vitest'
import { expect, test } from 'vitest'
import { useShop } from './support/test-shop.ts'

const shop = useShop()

test('a declined card is told to the customer, and nothing is sold', async () => {
  const before = await shop.get('/products')
  const answer = await shop.order(await shop.customer(), { paymentMethod: 'pm_card_visa_chargeDeclined' })
  expect(answer).toMatchObject({ status: 402, body: { error: 'payment_declined' } })
  expect(await shop.get('/products')).toEqual(before)
  const { count } = await mortarTest.boundary('orders').row('SELECT count(*)::integer AS count FROM orders')
  expect(count).toBe(0)
})

test('insufficient funds are a decline too', async () => {
  const paymentMethod = 'pm_card_visa_chargeDeclinedInsufficientFunds'
  const answer = await shop.order(await shop.customer(), { paymentMethod })
  expect(answer).toMatchObject({ status: 402, body: { error: 'payment_declined' } })
})

test('a customer whose card was declined can pay with another one', async () => {
  const ada = await shop.customer()
  await shop.order(ada, { paymentMethod: 'pm_card_visa_chargeDeclined' })
  expect((await shop.order(ada, { paymentMethod: 'pm_card_mastercard' })).status).toBe(201)
})

test('a short outage of the gateway is sat out', async () => {
  const ada = await shop.customer()
  await shop.gatewayOutage(2)
  expect((await shop.order(ada)).status).toBe(201)
  expect(await shop.payments()).toHaveLength(1)
})

test('a long outage of the gateway sells nothing', async () => {
  const ada = await shop.customer()
  const before = await shop.get('/products')
  await shop.gatewayOutage(10)
  expect((await shop.order(ada)).status).toBe(500)
  expect(await shop.get('/products')).toEqual(before)
})

test('an order is refunded', async () => {
  const placed = await shop.order(await shop.customer())
  const { status, body } = await shop.post(`/orders/${placed.body.id}/refund`, {})
  expect(status).toBe(200)
  expect(body).toEqual({ orderId: placed.body.id, refundedCents: 2500 })
  expect(await shop.refunds()).toMatchObject([{ amount: 2500, status: 'succeeded' }])
  expect((await shop.get(`/orders/${placed.body.id}`)).body).toMatchObject({ status: 'refunded' })
})

test('never more is refunded than was paid', async () => {
  const placed = await shop.order(await shop.customer())
  const refund = `/orders/${placed.body.id}/refund`
  expect((await shop.post(refund, { amountCents: 2000 })).status).toBe(200)
  expect((await shop.post(refund, { amountCents: 501 })).status).toBe(409)
  expect((await shop.post(refund, { amountCents: 500 })).status).toBe(200)
  expect((await shop.refunds()).map(({ amount }) => amount)).toEqual([500, 2000])
})
