import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Stripe } from 'stripe'
import { afterEach, beforeEach } from 'vitest'
import { type Config, readConfig } from '../../src/config.ts'
import { createApi } from '../../src/http/api.ts'
import type { Order } from '../../src/orders/order.ts'
import { openShop } from '../../src/shop.ts'
import { startWorker } from '../../src/worker/worker.ts'
import type { Mail } from '../../mailbox/server.ts'

export interface Answer<T> {
  readonly status: number
  readonly body: T
}

/** The shop as its customers, its bank and its mail server see it. */
export interface TestShop {
  readonly config: Config
  get<T>(path: string): Promise<Answer<T>>
  post<T>(path: string, body: unknown): Promise<Answer<T>>
  /** Registers somebody, and gives their id. */
  customer(email?: string): Promise<number>
  order(customerId: number, wishes?: OrderWishes): Promise<Answer<Order & { readonly error?: string }>>
  /** The payments that the gateway has on its books, the newest first. */
  payments(): Promise<Stripe.PaymentIntent[]>
  refunds(): Promise<Stripe.Refund[]>
  /** Lets the next requests to the gateway fail. */
  gatewayOutage(requests: number): Promise<void>
  mails(): Promise<Mail[]>
}

export interface OrderWishes {
  readonly reference?: string
  readonly paymentMethod?: string
  readonly lines?: readonly { readonly sku: string; readonly quantity: number }[]
}

/** Opens a shop for each test of a file, the API and if wanted its worker, with an account at bank and mail server. */
export function useShop({ worker: withWorker = false } = {}): TestShop {
  let current: { readonly shop: TestShop; close(): Promise<void> } | undefined
  beforeEach(async () => {
    current = await open(withWorker)
  })
  afterEach(async () => {
    await current?.close()
    current = undefined
  })
  return new Proxy({} as TestShop, { get: (_target, name) => Reflect.get(current!.shop, name) })
}

async function open(withWorker: boolean): Promise<{ shop: TestShop; close(): Promise<void> }> {
  const account = randomUUID().replaceAll('-', '')
  const { GATEWAY_URL: gateway, MAIL_ORIGIN: mail, MAILBOX_URL: mailbox } = process.env
  const config = readConfig({
    ...process.env,
    STRIPE_API_BASE: gateway,
    STRIPE_SECRET_KEY: `sk_test_${account}`,
    SMTP_URL: mail?.replace('tcp://', `smtp://${account}:secret@`),
  })
  const services = await openShop(config)
  const worker = withWorker ? await startWorker(config) : undefined
  const api = createApi(services).listen(0, '127.0.0.1')
  await once(api, 'listening')
  const base = `http://127.0.0.1:${(api.address() as AddressInfo).port}`

  async function ask<T>(path: string, init?: RequestInit): Promise<Answer<T>> {
    const response = await fetch(`${base}${path}`, init)
    return { status: response.status, body: (await response.json()) as T }
  }
  async function atGateway<T>(path: string, init: RequestInit = {}): Promise<T> {
    const headers = { authorization: `Bearer sk_test_${account}` }
    const response = await fetch(`${gateway}${path}`, { ...init, headers })
    return (await response.json()) as T
  }
  const post = <T>(path: string, body: unknown): Promise<Answer<T>> =>
    ask(path, { method: 'POST', body: JSON.stringify(body) })

  const shop: TestShop = {
    config,
    get: (path) => ask(path),
    post,
    async customer(email = 'ada@example.com') {
      return (await post<{ id: number }>('/customers', { email, name: 'Ada Lovelace' })).body.id
    },
    order: (customerId, { reference = 'first', paymentMethod = 'pm_card_visa', lines = [mug] } = {}) =>
      post('/orders', { customerId, reference, paymentMethod, lines }),
    payments: async () => (await atGateway<{ data: Stripe.PaymentIntent[] }>('/v1/payment_intents?limit=100')).data,
    refunds: async () => (await atGateway<{ data: Stripe.Refund[] }>('/v1/refunds?limit=100')).data,
    async gatewayOutage(requests) {
      await atGateway('/stand-in/outage', { method: 'POST', body: new URLSearchParams({ requests: `${requests}` }) })
    },
    mails: async () => (await (await fetch(`${mailbox}/?account=${account}`)).json()) as Mail[],
  }
  return {
    shop,
    async close() {
      api.closeAllConnections()
      api.close()
      await services.close()
      await worker?.close()
    },
  }
}

const mug = { sku: 'mug', quantity: 2 }
