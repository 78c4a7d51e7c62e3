import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { securable, type SecuredServer, startSecured } from './secured-servers.ts'
import { runSuite, suiteProject } from './suite.ts'

const suite = `import pg from 'pg'
  import { Redis } from 'ioredis'
  import { redisFaults, sqlstate } from 'mortar/faults'
  const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL.split('?')[0], ssl: { rejectUnauthorized: false } })
  const redis = new Redis(process.env.REDIS_URL, { tls: { rejectUnauthorized: false } })
  afterAll(async () => {
    await pool.end()
    redis.disconnect()
  })
  test('a statement and a command are seen', async () => {
    const { rows } = await pool.query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()')
    expect(rows).toEqual([{ ssl: SERVER }])
    await pool.query('CREATE TABLE mine (id int)')
    expect(await redis.set('mine', '1')).toBe('OK')
    expect(redis.stream.encrypted).toBe(true)
    const asked = (name) => mortarTest.boundary(name).exchanges().map(({ operation }) => operation)
    expect(asked('orders')).toContain('CREATE TABLE mine')
    expect(asked('cache')).toContain('SET mine')
  })
  test('the next one has a fresh database on the same connection', async () => {
    await pool.query('CREATE TABLE mine (id int)')
  })
  test('faults strike what is asked over TLS', async () => {
    await mortarTest.boundary('orders').fault(sqlstate('40001'), { operation: 'CREATE TABLE mine' })
    await expect(pool.query('CREATE TABLE mine (id int)')).rejects.toMatchObject({ code: '40001' })
    await mortarTest.boundary('cache').fault(redisFaults.oom())
    await expect(redis.set('mine', '1')).rejects.toThrow('OOM')
  })`

const passed = {
  'a statement and a command are seen': 'passed',
  'the next one has a fresh database on the same connection': 'passed',
  'faults strike what is asked over TLS': 'passed',
}

const needs = it.skipIf(!securable.postgres || !securable.redis)

needs('clients in a test may insist on TLS that the server does not speak', async () => {
  const made = suiteProject({
    boundaries: 'orders: postgres(), cache: redis()',
    packages: ['pg', 'ioredis'],
    suites: [suite.replace('SERVER', 'false')],
  })
  expect(await runSuite(made)).toEqual(passed)
})

describe.skipIf(!securable.postgres || !securable.redis)('servers that only speak TLS', () => {
  let postgres: SecuredServer
  let redis: SecuredServer
  beforeAll(async () => {
    ;[postgres, redis] = await Promise.all([startSecured('postgres'), startSecured('redis')])
  })
  afterAll(() => Promise.all([postgres?.stop(), redis?.stop()]))

  it.each(['swap', 'truncate', 'pin'])('keep tests apart as others do: %s', async (isolation) => {
    const made = suiteProject({
      boundaries: `orders: postgres({ isolation: '${isolation}' }), cache: redis()`,
      packages: ['pg', 'ioredis'],
      suites: [suite.replace('SERVER', 'true')],
    })
    const env = {
      DATABASE_URL: `postgres://postgres@127.0.0.1:${postgres.port}/postgres?sslmode=require`,
      REDIS_URL: `rediss://127.0.0.1:${redis.port}`,
      NODE_EXTRA_CA_CERTS: redis.caPath,
    }
    expect(await runSuite(made, [], env)).toEqual(passed)
  })
})
