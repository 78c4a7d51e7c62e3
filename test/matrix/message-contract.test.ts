import { describe, expect, it } from 'vitest'
import type { PactFile } from '../../src/contracts/pact/pact-types.ts'
import { isInstalled } from '../services/providers/support.ts'
import { optionalPackage } from '../support/optional-package.ts'
import { matrixProject, runMatrix } from './matrix-project.ts'

/** Bills an order that a message tells of. */
const bill = `const billed = []
export async function bill(text) {
  const { id, total, customer } = JSON.parse(text)
  if (typeof total !== 'number') throw new Error('an order without a total')
  const response = await fetch(process.env.GATEWAY + '/v1/charges', {
    method: 'POST',
    headers: { 'idempotency-key': String(id) },
    body: JSON.stringify({ amount: total, ...(customer?.city && { city: customer.city }) }),
    signal: AbortSignal.timeout(6000),
  })
  if (!response.ok) throw new Error('the gateway answered ' + response.status)
  billed.push(id)
}
export async function isBilled(id) {
  for (let tries = 0; tries < 200 && !billed.includes(id); tries++) await new Promise((done) => setTimeout(done, 25))
  return billed.splice(0).includes(id)
}
export const order = { id: 'o-1', total: 12.5, customer: { city: 'Bonn', floor: 3 }, note: 'ring twice' }
`

const suite = `import { afterAll, expect, test } from 'vitest'
import { isBilled, order } from './src/bill.mjs'
import { close, publish } from './src/orders.mjs'
afterAll(close)
test('an order is billed', async () => {
  await publish(order)
  expect(await isBilled('o-1')).toBe(true)
})`

const overRabbitmq = `import amqplib from 'amqplib'
import { bill } from './bill.mjs'
const connection = await amqplib.connect(process.env.AMQP_URL)
connection.on('error', () => {})
const channel = await connection.createConfirmChannel()
channel.on('error', () => {})
export async function publish(order) {
  await channel.assertQueue('orders')
  const { consumerTag } = await channel.consume('orders', (message) => message && bill(message.content.toString()).then(
    () => channel.ack(message), () => channel.nack(message, false, false)))
  channel.sendToQueue('orders', Buffer.from(JSON.stringify(order)), { contentType: 'application/json' })
  await channel.waitForConfirms()
}
export const close = () => connection.close().catch(() => {})
`

const overNats = `import { connect } from '@nats-io/transport-node'
import { bill } from './bill.mjs'
const connection = await connect({ servers: process.env.NATS_URL })
export async function publish(order) {
  connection.subscribe('orders.created', { max: 1, callback: (_, message) => void bill(message.string()).catch(() => {}) })
  await connection.flush()
  connection.publish('orders.created', JSON.stringify(order))
  await connection.flush()
}
export const close = () => connection.close().catch(() => {})
`

const overMqtt = `import mqtt from 'mqtt'
import { bill } from './bill.mjs'
let client
export async function publish(order) {
  await close()
  client = await mqtt.connectAsync(process.env.MQTT_URL)
  client.on('error', () => {})
  client.on('message', (_, body) => void bill(body.toString()).catch(() => {}))
  await client.subscribeAsync('orders/created', { qos: 1 })
  await client.publishAsync('orders/created', JSON.stringify(order), { qos: 1 })
}
export const close = async () => client?.endAsync(true)
`

const brokers = [
  ['RabbitMQ', 'amqp', 'amqplib', "rabbitmq({ env: 'AMQP_URL' })", overRabbitmq, 'DELIVER orders'],
  ['NATS', 'nats', '@nats-io/transport-node', "nats({ env: 'NATS_URL' })", overNats, 'DELIVER orders.created'],
  ['MQTT', 'mqtt', 'mqtt', "mqtt({ env: 'MQTT_URL' })", overMqtt, 'DELIVER orders/created'],
] as const

describe.concurrent('what the program needs of messages', () => {
  for (const [title, protocol, library, boundary, source, operation] of brokers) {
    it.skipIf(!isInstalled(protocol) || !optionalPackage(library))(
      `is proved of those that ${title} brings, and written as a Pact and as JSON Schema`,
      async ({ onTestFinished: after }) => {
        const made = matrixProject({
          after,
          boundaries: `events: ${boundary}`,
          packages: [library],
          files: { 'src/bill.mjs': bill, 'src/orders.mjs': source, 'orders.test.mjs': suite },
        })
        const usual = await runMatrix(made, '--fault', 'field null')
        expect(usual.document.cells.map(({ boundary }) => boundary)).not.toContain('events')
        expect(usual.ran.stderr).toContain('fields of messages are left as they are')
        const { document } = await runMatrix(made, '--boundary', 'events')
        const [proved] = document.contracts
        expect(proved).toMatchObject({ boundary: 'events', operation, status: 0, sufficient: { held: true } })
        const grades = Object.fromEntries(proved!.fields.map(({ pointer, grade }) => [pointer, grade]))
        expect(grades).toEqual({
          '/id': 'asserted',
          '/total': 'asserted',
          '/customer/city': 'propagated',
          '/customer/floor': 'unread',
          '/note': 'unread',
        })
        const total = proved!.fields.find(({ pointer }) => pointer === '/total')!
        expect(total).toMatchObject({ readBy: 'program', absent: { needed: true }, wrongType: { needed: true } })
        expect(document.findings.filter(({ faults }) => faults.some((name) => /field/.test(name)))).toEqual([])
        const schema = JSON.parse(made.read('.mortar/contracts/events.schema.json')) as {
          readonly $defs: Record<string, unknown>
        }
        expect(schema.$defs[operation]).toMatchObject({ type: 'object', required: ['id', 'total', 'customer'] })
        const pact = JSON.parse(made.read('.mortar/contracts/events.pact.json')) as PactFile
        expect(pact.interactions).toMatchObject([
          {
            type: 'Asynchronous/Messages',
            contents: { content: { id: 'o-1', total: 12.5, customer: { city: 'Bonn' } } },
          },
        ])
      },
    )
  }
})
