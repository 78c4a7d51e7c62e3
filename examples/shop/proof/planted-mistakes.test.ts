/** Shows that every mistake on the list is one, by what the list says. None of this is part of the shop's suite. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { connect } from 'amqplib'
import { eventually } from 'mortar'
import { blackhole, lostConnection, reset, slowQuestion, sqlstate } from 'mortar/faults'
import { mortarTest } from 'mortar/vitest'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openPayments } from '../src/payments/payments.ts'
import { useShop } from '../test/support/test-shop.ts'
import { openGatewayInTrouble } from './gateway-in-trouble.ts'

const { mistakes } = JSON.parse(readFileSync(new URL('../test/planted-mistakes.json', import.meta.url), 'utf8')) as {
  readonly mistakes: readonly { readonly id: string }[]
}
const patient = { withinMs: 10_000 }
const orders = () => mortarTest.boundary('orders')
const events = () => mortarTest.boundary('events')
const rowsOf = async (table: string): Promise<unknown> =>
  (await orders().row(`SELECT count(*)::integer AS count FROM ${table}`))['count']
const proven: string[] = []

function prove(id: string, proof: () => Promise<void>): void {
  proven.push(id)
  test(id, proof)
}

describe('in the API', () => {
  const shop = useShop()

  prove('publish-before-commit', async () => {
    const ada = await shop.customer()
    await orders().fault(lostConnection({ operation: 'COMMIT' }))
    expect((await shop.order(ada)).status).toBe(500)
    await events().published('orders.created', { reference: 'first' })
    expect(await rowsOf('orders')).toBe(0)
  })

  prove('charge-inside-transaction', async () => {
    const ada = await shop.customer()
    await orders().fault(sqlstate('53100', { operation: 'INSERT payments' }))
    expect((await shop.order(ada)).status).toBe(500)
    expect(await shop.payments()).toHaveLength(1)
    expect(await rowsOf('orders')).toBe(0)
  })

  prove('second-connection-in-transaction', async () => {
    const ada = await shop.customer()
    await orders().fault(slowQuestion(500, { operation: 'SELECT orders', times: 10 }))
    const references = Array.from({ length: 10 }, (_, index) => `${index}`)
    const answers = await Promise.all(references.map((reference) => shop.order(ada, { reference })))
    expect(answers.map(({ status }) => status)).toContain(500)
  })

  prove('duplicate-check-then-insert', async () => {
    const ada = await shop.customer()
    await orders().fault(slowQuestion(500, { operation: 'INSERT orders', times: 2 }))
    const answers = await Promise.all([shop.order(ada), shop.order(ada)])
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 500])
  })

  prove('stock-read-then-update', async () => {
    const ada = await shop.customer()
    await orders().fault(slowQuestion(500, { operation: 'UPDATE products', times: 2 }))
    const lines = [{ sku: 'globe', quantity: 1 }]
    const answers = await Promise.all(['a', 'b'].map((reference) => shop.order(ada, { reference, lines })))
    expect(answers.map(({ status }) => status)).toEqual([201, 201])
  })

  prove('n-plus-one-order-list', async () => {
    const ada = await shop.customer()
    for (const reference of ['a', 'b', 'c', 'd']) await shop.order(ada, { reference })
    const before = orders().exchanges().length
    await shop.get(`/orders?customer=${ada}`)
    const asked = orders().exchanges().slice(before)
    expect(asked.filter(({ operation }) => operation === 'SELECT order_lines')).toHaveLength(4)
  })

  prove('idempotency-key-per-attempt', async () => {
    const spoil = (response: ServerResponse, nth: number): boolean => {
      if (nth === 1) response.writeHead(503).end('{"error":{"type":"api_error","message":"Please try again."}}')
      return nth === 1
    }
    const trouble = await openGatewayInTrouble(shop.config.stripe.apiBase, spoil)
    onTestFinished(() => trouble.close())
    const payments = openPayments({ ...shop.config.stripe, apiBase: trouble.url })
    await payments.charge({ reference: 'x', amountCents: 1000, paymentMethod: 'pm_card_visa' })
    expect(await shop.payments()).toHaveLength(2)
  })

  prove('no-gateway-timeout', async () => {
    const trouble = await openGatewayInTrouble(shop.config.stripe.apiBase, () => true)
    const payments = openPayments({ ...shop.config.stripe, apiBase: trouble.url })
    const charged = payments.charge({ reference: 'x', amountCents: 1000, paymentMethod: 'pm_card_visa' })
    const first = await Promise.race([charged.catch(() => 'refused'), delay(12_000, 'still waiting')])
    trouble.close()
    await charged.catch(() => {})
    expect(first).toBe('still waiting')
  })

  prove('decline-as-500', async () => {
    const paymentMethod = 'pm_card_chargeDeclinedExpiredCard'
    expect((await shop.order(await shop.customer(), { paymentMethod })).status).toBe(500)
  })

  prove('serialization-failure-unhandled', async () => {
    const { body } = await shop.order(await shop.customer())
    await orders().fault(sqlstate('40001', { operation: 'UPDATE payments' }))
    expect((await shop.post(`/orders/${body.id}/refund`, {})).status).toBe(500)
  })

  prove('refund-inside-transaction', async () => {
    const { body } = await shop.order(await shop.customer())
    await orders().fault(lostConnection({ operation: 'COMMIT' }))
    expect((await shop.post(`/orders/${body.id}/refund`, {})).status).toBe(500)
    expect(await shop.refunds()).toHaveLength(1)
    expect((await shop.get(`/orders/${body.id}`)).body).toMatchObject({ status: 'paid' })
  })

  prove('no-confirm-timeout', async () => {
    const ada = await shop.customer()
    const lost = await events().fault({ wire: blackhole(), from: 'service' })
    const answered = shop.order(ada)
    const first = await Promise.race([answered, delay(12_000, 'still waiting')])
    lost.disarm()
    await answered
    expect(first).toBe('still waiting')
  })

  prove('pool-error-unhandled', async () => {
    const program = `
      import { openDatabase } from './src/database.ts'
      const database = openDatabase(process.env.DATABASE_URL)
      const { rows } = await database.query('SELECT pg_backend_pid() AS pid')
      console.log(rows[0].pid)
      setInterval(() => {}, 1000)`
    const api = spawn(process.execPath, ['--input-type=module', '-e', program], {
      cwd: new URL('..', import.meta.url),
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    onTestFinished(() => void api.kill())
    const ended = once(api, 'exit')
    const [pid] = (await once(api.stdout, 'data')) as [Buffer]
    await orders().row(`SELECT pg_terminate_backend(${Number(pid)})`)
    expect(await ended).toEqual([1, null])
  })

  prove('publisher-never-reconnects', async () => {
    const ada = await shop.customer()
    const lost = await events().fault({ wire: reset() })
    expect((await shop.order(ada)).status).toBe(500)
    lost.disarm()
    expect((await shop.order(ada)).status).toBe(500)
  })
})

describe('in the worker', () => {
  const shop = useShop({ worker: true })

  async function publish(...contents: readonly string[]): Promise<void> {
    const connection = await connect(shop.config.amqpUrl)
    const channel = await connection.createConfirmChannel()
    for (const content of contents) channel.publish('shop', 'orders.created', Buffer.from(content))
    await channel.waitForConfirms()
    await connection.close()
  }

  prove('ack-before-write', async () => {
    const lost = await orders().fault(sqlstate('57P01', { operation: 'INSERT shipments' }))
    await shop.order(await shop.customer())
    await eventually(async () => lost.struck === 1 && (await rowsOf('confirmations')) === 1, patient)
    const connection = await connect(shop.config.amqpUrl)
    const channel = await connection.createChannel()
    expect(await channel.checkQueue('shipping')).toMatchObject({ messageCount: 0 })
    await connection.close()
    // What was given back would be shipped by then.
    await expect(eventually(async () => (await rowsOf('shipments')) !== 0, { withinMs: 3000 })).rejects.toThrow()
  })

  prove('poison-requeued', async () => {
    await publish('{')
    const delivered = (): number =>
      events()
        .exchanges()
        .filter(({ operation }) => operation === 'DELIVER confirmations').length
    await eventually(() => delivered() > 20, patient)
  })

  prove('mail-twice-on-redelivery', async () => {
    const customer = { email: 'ada@example.com', name: 'Ada' }
    const event = JSON.stringify({ orderId: 1, reference: 'first', totalCents: 1250, customer, lines: [] })
    await publish(event, event)
    await eventually(async () => (await shop.mails()).length === 2, patient)
  })
})

test('there is a proof for each mistake on the list', () => {
  expect(proven.sort()).toEqual(mistakes.map(({ id }) => id).sort())
})
