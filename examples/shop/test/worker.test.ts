import { eventually } from 'mortar'
import { slowQuestion } from 'mortar/faults'
import { mortarTest } from 'mortar/vitest'
import { expect, test } from 'vitest'
import { useShop } from './support/test-shop.ts'

const shop = useShop({ worker: true })
const patient = { withinMs: 5_000 }

test('an order is shipped', async () => {
  const lines = [
    { sku: 'mug', quantity: 2 },
    { sku: 'poster', quantity: 1 },
  ]
  const { body } = await shop.order(await shop.customer(), { lines })
  const where = `SELECT * FROM shipments WHERE order_id = ${body.id}`
  const shipment = await mortarTest.boundary('orders').row(where, undefined, patient)
  expect(shipment).toMatchObject({ items: 3 })
})

test('the customer gets a confirmation by mail', async () => {
  const { body } = await shop.order(await shop.customer(), { reference: 'basket-7' })
  const where = `SELECT * FROM confirmations WHERE order_id = ${body.id} AND sent_at IS NOT NULL`
  await mortarTest.boundary('orders').row(where, { email: 'ada@example.com' }, patient)
  expect(await shop.mails()).toEqual([
    {
      to: ['ada@example.com'],
      subject: 'Your order basket-7',
      text: 'Hello Ada Lovelace,\n\n2 x mug\nTotal: 25.00 EUR',
    },
  ])
})

test('a declined order is neither shipped nor confirmed', async () => {
  const ada = await shop.customer()
  await shop.order(ada, { reference: 'declined', paymentMethod: 'pm_card_visa_chargeDeclined' })
  await shop.order(ada, { reference: 'paid' })
  await eventually(async () => (await shop.mails()).length > 0, patient)
  expect((await shop.mails()).map(({ subject }) => subject)).toEqual(['Your order paid'])
})

test('a slow database delays the note of a confirmation, and the mail is sent once', async () => {
  await mortarTest.boundary('orders').fault(slowQuestion(500, { operation: 'INSERT confirmations' }))
  const { body } = await shop.order(await shop.customer())
  await mortarTest
    .boundary('orders')
    .row(`SELECT * FROM confirmations WHERE order_id = ${body.id} AND sent_at IS NOT NULL`, undefined, patient)
  expect(await shop.mails()).toHaveLength(1)
})

test('orders of one moment are all shipped', async () => {
  const ada = await shop.customer()
  const references = ['a', 'b', 'c', 'd']
  await Promise.all(references.map((reference, index) => shop.order(ada, { reference, lines: [wares[index]!] })))
  const count = 'SELECT count(*)::integer AS count FROM shipments'
  await mortarTest.boundary('orders').row(count, { count: 4 }, patient)
  await eventually(async () => (await shop.mails()).length === 4, patient)
})

const wares = ['mug', 'poster', 'lamp', 'globe'].map((sku) => ({ sku, quantity: 1 }))
