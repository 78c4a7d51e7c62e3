import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { Stripe } from 'stripe'
import { expect, onTestFinished, test } from 'vitest'
import { createGateway } from '../gateway/server.ts'

/** The stand-in has to do what Stripe does, or nothing that is tested against it is worth anything. */
function openStripe(url = process.env.GATEWAY_URL!): Stripe {
  const { hostname, port } = new URL(url)
  const key = `sk_test_${randomUUID().replaceAll('-', '')}`
  return new Stripe(key, { host: hostname, port, protocol: 'http', maxNetworkRetries: 0, telemetry: false })
}

const payment = { amount: 1000, currency: 'eur', payment_method: 'pm_card_visa', confirm: true } as const

test('a payment that is asked for again under its key is the same payment', async () => {
  const stripe = openStripe()
  const first = await stripe.paymentIntents.create(payment, { idempotencyKey: 'k' })
  const second = await stripe.paymentIntents.create(payment, { idempotencyKey: 'k' })
  expect(second.id).toBe(first.id)
  expect(second.lastResponse.headers['idempotent-replayed']).toBe('true')
  expect((await stripe.paymentIntents.list()).data).toHaveLength(1)
})

test('a decline is remembered under its key', async () => {
  const stripe = openStripe()
  const declined = { ...payment, payment_method: 'pm_card_visa_chargeDeclined' }
  for (let times = 0; times < 2; times++) {
    const asked = stripe.paymentIntents.create(declined, { idempotencyKey: 'k' })
    await expect(asked).rejects.toMatchObject({ statusCode: 402, code: 'card_declined' })
  }
  expect((await stripe.paymentIntents.list()).data).toHaveLength(1)
})

test('a key cannot be used for something else', async () => {
  const stripe = openStripe()
  await stripe.paymentIntents.create(payment, { idempotencyKey: 'k' })
  const other = stripe.paymentIntents.create({ ...payment, amount: 2000 }, { idempotencyKey: 'k' })
  await expect(other).rejects.toBeInstanceOf(Stripe.errors.StripeIdempotencyError)
})

test('a key is in use until its first request is answered', async () => {
  const slow = createGateway({ bankMs: 1000 }).listen(0, '127.0.0.1')
  onTestFinished(() => slow.closeAllConnections())
  onTestFinished(() => void slow.close())
  await once(slow, 'listening')
  const stripe = openStripe(`http://127.0.0.1:${(slow.address() as AddressInfo).port}`)
  const both = [1, 2].map(() => stripe.paymentIntents.create(payment, { idempotencyKey: 'k' }))
  const [first, second] = await Promise.allSettled(both)
  expect([first!.status, second!.status].sort()).toEqual(['fulfilled', 'rejected'])
  expect((await stripe.paymentIntents.list()).data).toHaveLength(1)
})

test('an invalid request leaves its key free', async () => {
  const stripe = openStripe()
  const invalid = stripe.paymentIntents.create({ ...payment, amount: 1 }, { idempotencyKey: 'k' })
  await expect(invalid).rejects.toBeInstanceOf(Stripe.errors.StripeInvalidRequestError)
  await stripe.paymentIntents.create(payment, { idempotencyKey: 'k' })
})

test('a payment cannot be refunded twice', async () => {
  const stripe = openStripe()
  const { id } = await stripe.paymentIntents.create(payment)
  await stripe.refunds.create({ payment_intent: id })
  await expect(stripe.refunds.create({ payment_intent: id })).rejects.toMatchObject({ code: 'charge_already_refunded' })
})

test('payments are listed page by page', async () => {
  const stripe = openStripe()
  for (let amount = 101; amount <= 105; amount++) await stripe.paymentIntents.create({ ...payment, amount })
  const amounts: number[] = []
  for await (const { amount } of stripe.paymentIntents.list({ limit: 2 })) amounts.push(amount)
  expect(amounts).toEqual([105, 104, 103, 102, 101])
})

test('accounts do not see one another', async () => {
  await openStripe().paymentIntents.create(payment)
  expect((await openStripe().paymentIntents.list()).data).toEqual([])
})
