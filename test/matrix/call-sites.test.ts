import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
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
    'GET /v1/customers/cus_1': 'clients.mjs:26',
  })
}, 60_000)

const missing = ['postgres', 'redis-server'].filter(
  (name) => spawnSync('sh', ['-c', `ls /usr/lib/postgresql/*/bin/${name} || command -v ${name}`]).status !== 0,
)
if (missing.length > 0) console.warn(`SKIPPED: call sites at servers, because there is no ${missing.join(', ')}`)

const program = `import pg from 'pg'
import { Redis } from 'ioredis'
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
const cache = new Redis(process.env.REDIS_URL)
export async function order() {
  const session = await pool.connect()
  await session.query('BEGIN')
  await session.query('INSERT INTO orders VALUES ($1)', [1])
  await session.query('COMMIT')
  session.release()
  await cache.set('order', '1')
  await Promise.all([
    cache.incr('a'),
    cache.incr('b'),
  ])
}
export const close = async () => { await pool.end(); cache.disconnect() }`

it.skipIf(missing.length > 0)(
  'the line is known of a client of a server that writes at once, and none is told where it might be another',
  async ({ onTestFinished: after }) => {
    const made = matrixProject({
      after,
      boundaries: `db: postgres({ env: 'DATABASE_URL', migrations: 'db' }), cache: redis({ env: 'REDIS_URL' })`,
      packages: ['pg', 'ioredis'],
      files: {
        'db/1.sql': 'CREATE TABLE orders (id int)',
        'order.mjs': program,
        'order.test.mjs': `import { afterAll, test } from 'vitest'
import { close, order } from './order.mjs'
afterAll(close)
test('an order is placed', order)`,
      },
    })
    const sites = async (fault: string): Promise<Record<string, string | undefined>> => {
      const { document } = await runMatrix(made, '--fault', fault)
      return Object.fromEntries(document.cells.map(({ operation, site }) => [operation, site]))
    }
    expect(await sites('sqlstate 40001')).toEqual({ 'INSERT orders': 'order.mjs:8' })
    expect(await sites('cache full')).toEqual({
      'SET order': 'order.mjs:11',
      'INCR a': undefined,
      'INCR b': undefined,
    })
  },
  120_000,
)
