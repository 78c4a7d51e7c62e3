import { expect, it } from 'vitest'
import { missing } from '../support/missing-servers.ts'
import { type Project, project } from '../support/project.ts'
import { upstream } from '../support/upstream.ts'
import { matrixProject, runMatrix } from './matrix-project.ts'

const clients = `import http from 'node:http'
import axios from 'axios'
import got from 'got'
import Stripe from 'stripe'
import { request } from 'undici'
const at = process.env.GATEWAY
const { hostname, port } = new URL(at)
const stripe = new Stripe('sk_test_1', { host: hostname, port, protocol: 'http' })
export const byHttp = (agent) => new Promise((resolve, reject) => {
  http.get(at + '/http', { agent }, (response) => response.resume().on('end', () => resolve(response.statusCode)).on('error', reject)).on('error', reject)
})
export async function byAxios() {
  const { status } = await axios.get(at + '/axios')
  return status
}
export async function byUndici() {
  const { statusCode, body } = await request(at + '/undici')
  await body.dump()
  return statusCode
}
export const byGot = async () => {
  const { statusCode } = await got(at + '/got', { retry: { limit: 0 } })
  return statusCode
}
export async function byStripe() {
  const { lastResponse } = await stripe.customers.retrieve('cus_1')
  return lastResponse.statusCode
}`

const tests = `import http from 'node:http'
import { expect, test } from 'vitest'
import { byAxios, byGot, byHttp, byStripe, byUndici } from './clients.mjs'
test('all of them ask', async () => {
  expect(await byAxios()).toBe(200)
  expect(await byUndici()).toBe(200)
  expect(await byGot()).toBe(200)
  expect(await byStripe()).toBe(200)
})
test('one waits for the connection of another', async () => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  expect(await Promise.all([byHttp(agent), byHttp(agent)])).toEqual([200, 200])
  agent.destroy()
})`

it('the line that calls a client of any kind is known, also when the client writes later', async ({
  onTestFinished: after,
}) => {
  const made = matrixProject({
    after,
    boundaries: '',
    packages: ['axios', 'got', 'stripe', 'undici'],
    files: { 'clients.mjs': clients, 'clients.test.mjs': tests },
  })
  const { document } = await runMatrix(made, '--fault', '503')
  expect(Object.fromEntries(document.cells.map(({ operation, site }) => [operation, site]))).toEqual({
    'GET /http': 'clients.mjs:10',
    'GET /axios': 'clients.mjs:13',
    'GET /undici': 'clients.mjs:17',
    'GET /got': 'clients.mjs:22',
    'GET /v1/customers/{id}': 'clients.mjs:26',
  })
})

const withoutVitest: readonly (readonly [string, Readonly<Record<string, string>>, readonly string[]])[] = [
  [
    'tests of mortar/node-test',
    {
      'got.test.mjs': `import { byGot } from './clients.mjs'
import { test } from 'mortar/node-test'
test('it asks', async () => void (await byGot().catch(() => {})))`,
    },
    ['node', '--test', 'got.test.mjs'],
  ],
  [
    'a program that mortar/register attaches',
    { 'main.mjs': `import { byGot } from './clients.mjs'\nawait byGot().catch(() => {})` },
    ['node', '--import', 'mortar/register', 'main.mjs'],
  ],
]

it.for(withoutVitest)('the line is known in %s too', async ([, files, command], { onTestFinished: after }) => {
  const gateway = await upstream((_, response) => void response.end(), { after })
  const made = project({
    after,
    config: `import { http } from 'mortar'
export default { boundaries: { gateway: http({ origin: '${gateway.origin}', record: 'live' }) } }`,
    packages: ['got'],
    files: {
      'clients.mjs': `import got from 'got'
export const byGot = () => got('${gateway.origin}/got', { retry: { limit: 0 } })`,
      ...files,
    },
  })
  const { document } = await runMatrix(made, '--fault', '503', '--', ...command)
  expect(document.cells).toMatchObject([{ operation: 'GET /got', site: 'clients.mjs:2' }])
})

/** Lines of `program.mjs`, by what they ask, which `fault` struck. */
async function sitesOf(made: Project, fault: string): Promise<Record<string, string | undefined>> {
  const { document } = await runMatrix(made, '--fault', fault)
  return Object.fromEntries(document.cells.map(({ operation, site }) => [operation, site]))
}

const asks = `import { afterAll, test } from 'vitest'
import { ask, close } from './program.mjs'
afterAll(close)
test('all is asked', ask)`

const askTables = `import mysql from 'mysql2/promise'
import pg from 'pg'
const orders = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 1 })
const stock = mysql.createPool({ uri: process.env.STOCK_URL, connectionLimit: 1 })
export async function ask() {
  await Promise.allSettled([
    orders.query('INSERT INTO orders VALUES ($1)', [1]),
    orders.query('INSERT INTO lines VALUES ($1)', [1]),
  ])
  const session = await orders.connect()
  const first = session.query('DELETE FROM orders')
  const second = session.query('DELETE FROM lines')
  await Promise.allSettled([first, second])
  session.release()
  await stock.execute('INSERT INTO stock VALUES (?)', [1]).catch(() => {})
  const one = await stock.getConnection()
  await Promise.allSettled([
    one.execute('UPDATE stock SET id = ? WHERE id = 1', [2]),
    one.query('DELETE FROM stock'),
  ])
  one.release()
}
export const close = async () => { await orders.end(); await stock.end() }`

it.skipIf(missing('lines that call servers', 'postgres', 'mariadb'))(
  'the line is known that asks a database, also when a statement has waited for a connection, for another statement or to be prepared',
  async ({ onTestFinished: after }) => {
    const made = matrixProject({
      after,
      boundaries: `db: postgres({ env: 'DATABASE_URL', migrations: 'db' }), stock: mysql({ env: 'STOCK_URL', migrations: 'stock' })`,
      packages: ['pg', 'mysql2'],
      files: {
        'db/1.sql': 'CREATE TABLE orders (id int); CREATE TABLE lines (id int)',
        'stock/1.sql': 'CREATE TABLE stock (id int)',
        'program.mjs': askTables,
        'program.test.mjs': asks,
      },
    })
    expect(await sitesOf(made, 'sqlstate 25006')).toEqual({
      'INSERT orders': 'program.mjs:7',
      'INSERT lines': 'program.mjs:8',
      'DELETE orders': 'program.mjs:11',
      'DELETE lines': 'program.mjs:12',
      'INSERT stock': 'program.mjs:15',
      'UPDATE stock': 'program.mjs:18',
      'DELETE stock': 'program.mjs:19',
    })
  },
)

const askCache = `import { Redis } from 'ioredis'
const cache = new Redis(process.env.REDIS_URL)
export async function ask() {
  await cache.set('order', '1')
  await Promise.all([
    cache.incr('a'),
    cache.incr('b'),
  ])
}
export const close = () => cache.disconnect()`

it.skipIf(missing('lines that call servers', 'redis'))(
  'no line is told of what several lines have written together',
  async ({ onTestFinished: after }) => {
    const made = matrixProject({
      after,
      boundaries: `cache: redis({ env: 'REDIS_URL' })`,
      packages: ['ioredis'],
      files: { 'program.mjs': askCache, 'program.test.mjs': asks },
    })
    expect(await sitesOf(made, 'cache full')).toEqual({
      'SET order': 'program.mjs:4',
      'INCR a': undefined,
      'INCR b': undefined,
    })
  },
)

const askNodeRedis = `import { createClient } from 'redis'
const cache = createClient({ url: process.env.REDIS_URL })
await cache.connect()
export async function ask() {
  await cache.set('order', '1')
  const later = cache.set('other', '1')
  await Promise.all([later])
  await Promise.all([
    cache.incr('a'),
    cache.incr('b'),
  ])
}
export const close = () => cache.destroy()`

it.skipIf(missing('redis'))(
  'the line is known that asks by a client which writes later, unless several do at once',
  async ({ onTestFinished: after }) => {
    const made = matrixProject({
      after,
      boundaries: `cache: redis({ env: 'REDIS_URL' })`,
      packages: ['redis', '@redis'],
      files: { 'program.mjs': askNodeRedis, 'program.test.mjs': asks },
    })
    expect(await sitesOf(made, 'cache full')).toEqual({
      'SET order': 'program.mjs:5',
      'SET other': 'program.mjs:6',
      'INCR a': undefined,
      'INCR b': undefined,
    })
  },
)

const askRabbit = `import amqp from 'amqplib'
const rabbit = await amqp.connect(process.env.AMQP_URL)
const channel = await rabbit.createConfirmChannel()
for (const name of ['one', 'two', 'three']) await channel.assertQueue(name)
export async function ask() {
  channel.sendToQueue('one', Buffer.from('1'))
  await channel.waitForConfirms().catch(() => {})
  channel.publish('', 'two', Buffer.from('2'))
  channel.publish('', 'three', Buffer.from('3'))
  await channel.waitForConfirms().catch(() => {})
}
export const close = () => rabbit.close()`

it.skipIf(missing('lines that call servers', 'rabbitmq'))(
  'the line that publishes is known, unless the client sends what several lines publish at once',
  async ({ onTestFinished: after }) => {
    const made = matrixProject({
      after,
      boundaries: `mail: rabbitmq({ env: 'AMQP_URL' })`,
      packages: ['amqplib'],
      files: { 'program.mjs': askRabbit, 'program.test.mjs': asks },
    })
    expect(await sitesOf(made, 'publish nacked')).toEqual({
      'PUBLISH one': 'program.mjs:6',
      'PUBLISH two': undefined,
      'PUBLISH three': undefined,
    })
  },
)

const hastyConsumer = `import amqp from 'amqplib'
export async function ask() {
  const rabbit = await amqp.connect(process.env.AMQP_URL)
  const channel = await rabbit.createConfirmChannel()
  await channel.assertQueue('payments')
  const paid = new Promise((resolve, reject) => {
    void channel.consume('payments', async (message) => {
      channel.ack(message)
      await fetch(process.env.GATEWAY + '/v1/charges', { method: 'POST' }).then(resolve, reject)
    })
  })
  channel.sendToQueue('payments', Buffer.from('{}'))
  await paid.finally(() => rabbit.close())
}
export const close = () => {}`

it.skipIf(missing('lines that call servers', 'rabbitmq'))(
  'a message that is acknowledged before it is dealt with is called lost, at the line that acknowledges it',
  async ({ onTestFinished: after }) => {
    const made = matrixProject({
      after,
      boundaries: `jobs: rabbitmq({ env: 'AMQP_URL' })`,
      packages: ['amqplib'],
      files: { 'program.mjs': hastyConsumer, 'program.test.mjs': asks },
    })
    const { document } = await runMatrix(made, '--fault', 'reset before')
    const [finding] = document.findings
    expect(finding).toMatchObject({ verdict: 'false-success', oracle: 'O2', site: 'program.mjs:8' })
    expect(finding?.sentence).toMatch(
      /its message had been acknowledged before, and is lost: POST \/v1\/charges at gateway took place not at all/,
    )
    expect(finding?.expected).toMatch(/^acknowledge a message only once/)
  },
)

const askNats = `import { connect } from '@nats-io/transport-node'
const nats = await connect({ servers: process.env.NATS_URL })
export async function ask() {
  nats.publish('order.paid')
  await nats.flush()
  nats.publish('order.sent')
  nats.publish('order.gone')
  await nats.flush()
}
export const close = () => nats.close()`

it.skipIf(missing('lines that call servers', 'nats'))(
  'the line that publishes over NATS is known, unless several do at once',
  async ({ onTestFinished: after }) => {
    const made = matrixProject({
      after,
      boundaries: `events: nats({ env: 'NATS_URL' })`,
      packages: ['@nats-io/transport-node'],
      files: { 'program.mjs': askNats, 'program.test.mjs': asks },
    })
    expect(await sitesOf(made, 'publish answer lost')).toEqual({
      'PUBLISH order.paid': 'program.mjs:4',
      'PUBLISH order.sent': undefined,
      'PUBLISH order.gone': undefined,
    })
  },
)
