import { describe, expect, it } from 'vitest'
import { isInstalled } from '../services/providers/support.ts'
import { optionalPackage } from '../support/optional-package.ts'
import { matrixProject, runMatrix } from './matrix-project.ts'

/** Knows no customer, has moved its rates, and takes no name twice. */
const gateway = `import { createServer } from 'node:http'
import { once } from 'node:events'
export async function setup() {
  const server = createServer(async (request, response) => {
    for await (const _ of request);
    if (request.url === '/v1/rates') return void response.writeHead(302, { location: '/v2/rates' }).end()
    const status = request.method === 'POST' ? 409 : request.url === '/v2/rates' ? 200 : 404
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  process.env.GATEWAY = 'http://127.0.0.1:' + server.address().port
  return () => { server.closeAllConnections(); server.close() }
}`

const asking = `async function ask(method, path) {
  const { status } = await fetch(process.env.GATEWAY + path, { method, signal: AbortSignal.timeout(6000) })
    .catch((cause) => { throw new Error('the gateway gave no answer', { cause }) })
  if (status >= 500) throw new Error('the gateway answered ' + status)
  return status
}
export const isKnown = async () => (await ask('GET', '/v1/customers/7')) !== 404
export const take = async () => { const status = await ask('POST', '/v1/names'); return status !== 409 }
export const rates = () => ask('GET', '/v1/rates')`

describe.concurrent('what is refused in a clean run', () => {
  it('over HTTP may get no answer, or another one', async ({ onTestFinished: after }) => {
    const made = matrixProject({
      after,
      boundaries: '',
      files: {
        'gateway.mjs': gateway,
        'names.mjs': asking,
        'names.test.mjs': `import { expect, test } from 'vitest'
import { isKnown, rates, take } from './names.mjs'
test('nobody is known', async () => { expect(await isKnown()).toBe(false) })
test('a name is taken', async () => { expect(await take()).toBe(false) })
test('rates have moved', async () => { expect(await rates()).toBe(200) })`,
      },
    })
    const { document, verdicts } = await runMatrix(made)
    const refused = { 'reset before': 'degraded', 'no answer': 'degraded', '503': 'degraded', '500': 'degraded' }
    expect(verdicts('GET /v1/customers/{id}')).toEqual(refused)
    expect(verdicts('POST /v1/names')).toEqual(refused)
    expect(verdicts('GET /v1/rates')).toEqual(refused)
    expect(document.findings).toEqual([])
  })

  const needsPostgres = isInstalled('postgres') && optionalPackage('pg') ? it : it.skip
  needsPostgres('by a database may get no answer', async ({ onTestFinished: after }) => {
    const made = matrixProject({
      after,
      boundaries: "people: postgres({ env: 'DATABASE_URL', migrations: 'migrations' })",
      packages: ['pg'],
      files: {
        'migrations/1.sql': "create table names (name text primary key); insert into names values ('ada');",
        'names.mjs': `import pg from 'pg'
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
pool.on('error', () => {})
export const close = () => pool.end()
export async function take(name) {
  try { await pool.query('INSERT INTO names (name) VALUES ($1)', [name]) } catch (error) {
    if (error.code === '23505') return false
    throw error
  }
  return true
}`,
        'names.test.mjs': `import { afterAll, expect, test } from 'vitest'
import { close, take } from './names.mjs'
afterAll(close)
test('a name is taken', async () => { expect(await take('ada')).toBe(false) })`,
      },
    })
    const { document, verdicts } = await runMatrix(made)
    expect(verdicts('INSERT names')).toEqual({ 'connection lost': 'degraded' })
    expect(document.findings).toEqual([])
  })

  const needsRedis = isInstalled('redis') && optionalPackage('ioredis') ? it : it.skip
  needsRedis('by a cache may get no answer', async ({ onTestFinished: after }) => {
    const made = matrixProject({
      after,
      boundaries: "cache: redis({ env: 'REDIS_URL' })",
      packages: ['ioredis'],
      files: {
        'visits.mjs': `import { Redis } from 'ioredis'
const redis = new Redis(process.env.REDIS_URL, { maxRetriesPerRequest: 1, commandTimeout: 1000 })
redis.on('error', () => {})
export const close = () => redis.quit()
export async function names() {
  await redis.set('names', 'ada')
  try { return await redis.smembers('names') } catch (error) {
    if (String(error.message).startsWith('WRONGTYPE')) return [await redis.get('names')]
    throw error
  }
}`,
        'visits.test.mjs': `import { afterAll, expect, test } from 'vitest'
import { close, names } from './visits.mjs'
afterAll(close)
test('names', async () => { expect(await names()).toEqual(['ada']) })`,
      },
    })
    const { document } = await runMatrix(made)
    const own = document.cells.filter(({ operation }) => operation.startsWith('SMEMBERS'))
    expect(own.map(({ fault }) => fault)).toEqual(['cache lost'])
    expect(document.findings).toEqual([])
  })
})
