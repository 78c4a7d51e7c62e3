import { mortarTest } from 'mortar/vitest'
import { expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../src/database.ts'
import { undoOrder } from '../src/orders/undo-order.ts'
import { openPayments } from '../src/payments/payments.ts'
import { useShop } from './support/test-shop.ts'

const shop = useShop()

test('an order that may have been paid is taken back with its payment, and can be placed again', async () => {
  const ada = await shop.customer()
  await shop.gatewayOutage(3)
  expect((await shop.order(ada)).status).toBe(500)
  const { id } = await mortarTest.boundary('orders').row('SELECT id FROM orders')
  const payments = openPayments(shop.config.stripe)
  await payments.charge({ reference: `${id}`, amountCents: 2500, paymentMethod: 'pm_card_visa' })
  expect((await shop.order(ada)).status).toBe(409)

  const database = openDatabase(shop.config.databaseUrl)
  onTestFinished(() => database.end())
  await undoOrder({ database, payments }, Number(id))
  expect(await shop.refunds()).toMatchObject([{ amount: 2500, status: 'succeeded' }])
  expect((await shop.order(ada)).status).toBe(201)
  expect(await shop.payments()).toHaveLength(2)
})
