import { expect, it } from 'vitest'
import { isInstalled } from '../providers/support.ts'
import { runSuite, suiteProject } from './suite.ts'

const passed = { first: 'passed', second: 'passed' }

it.skipIf(!isInstalled('redis'))('Redis: a test finds no key of another, in whichever worker', async () => {
  const suites = [1, 2, 3].map(
    (n) => `import { Redis } from 'ioredis'
const redis = new Redis(process.env.REDIS_URL)
afterAll(() => redis.disconnect())
test('first ${n}', async () => { expect(await redis.setnx('lock', '1')).toBe(1) })
test('second ${n}', async () => { expect(await redis.setnx('lock', '1')).toBe(1) })`,
  )
  const made = suiteProject({ boundaries: 'cache: redis()', packages: ['ioredis'], suites })
  expect(Object.values(await runSuite(made))).toEqual(Array.from({ length: 6 }, () => 'passed'))
})

it.skipIf(!isInstalled('redis'))('Redis: a suite that shares its server says so and finds what is there', async () => {
  const suite = `import { Redis } from 'ioredis'
const redis = new Redis(process.env.REDIS_URL)
afterAll(() => redis.disconnect())
test('first', async () => { await redis.set('a', '1') })
test('second', async () => { expect(await redis.get('a')).toBe('1') })`
  const boundaries = "cache: redis({ isolation: 'none' })"
  expect(await runSuite(suiteProject({ boundaries, packages: ['ioredis'], suites: [suite] }))).toEqual(passed)
})

it.skipIf(!isInstalled('nats'))('NATS: a stream is empty for each test, and its consumer goes on', async () => {
  const suite = `import { connect } from '@nats-io/transport-node'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
const nc = await connect({ servers: process.env.NATS_URL })
afterAll(() => nc.close())
const manager = await jetstreamManager(nc)
await manager.streams.add({ name: 'orders', subjects: ['orders.*'] })
const seen = async () => (await manager.streams.info('orders')).state.messages
test('first', async () => { await jetstream(nc).publish('orders.created', '1'); expect(await seen()).toBe(1) })
test('second', async () => { expect(await seen()).toBe(0); await jetstream(nc).publish('orders.created', '2'); expect(await seen()).toBe(1) })`
  const packages = ['@nats-io/transport-node', '@nats-io/jetstream']
  expect(await runSuite(suiteProject({ boundaries: 'events: nats()', packages, suites: [suite] }))).toEqual(passed)
})

it.skipIf(!isInstalled('mqtt'))('MQTT: what one test retained is not there for the next', async () => {
  const suite = `import mqtt from 'mqtt'
const client = await mqtt.connectAsync(process.env.MQTT_URL)
afterAll(() => client.endAsync())
const retained = async () => {
  const seen = []
  const other = await mqtt.connectAsync(process.env.MQTT_URL)
  other.on('message', (topic, body) => seen.push(topic + ' ' + body))
  await other.subscribeAsync('#', { qos: 1 })
  await client.publishAsync('marker', 'x', { qos: 1 })
  await eventually(() => seen.includes('marker x'))
  await other.endAsync()
  return seen.filter((one) => !one.startsWith('marker'))
}
test('first', async () => { await client.publishAsync('state/a', 'on', { qos: 1, retain: true }); expect(await retained()).toEqual(['state/a on']) })
test('second', async () => { expect(await retained()).toEqual([]) })`
  expect(await runSuite(suiteProject({ boundaries: 'devices: mqtt()', packages: ['mqtt'], suites: [suite] }))).toEqual(
    passed,
  )
})

it.skipIf(!isInstalled('postgres'))('PostgreSQL: tests that insert the same key never meet', async () => {
  const suites = [1, 2, 3].map(
    (n) => `import pg from 'pg'
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
afterAll(() => pool.end())
for (const name of ['first', 'second', 'third']) {
  test(name + ' ${n}', async () => {
    await Promise.all([1, 2, 3].map((id) => pool.query('INSERT INTO orders VALUES ($1)', [id])))
    expect(await mortarTest.boundary('orders').row('SELECT count(*)::int AS n FROM orders')).toEqual({ n: 3 })
  })
}`,
  )
  const made = suiteProject({
    boundaries: "orders: postgres({ migrations: 'migrations' })",
    packages: ['pg'],
    suites,
    files: { 'migrations/1-orders.sql': 'CREATE TABLE orders (id int PRIMARY KEY)' },
  })
  expect(Object.values(await runSuite(made))).toEqual(Array.from({ length: 9 }, () => 'passed'))
})

it.skipIf(!isInstalled('mysql'))(
  'MariaDB: tests that insert the same key never meet, in whichever worker',
  async () => {
    const suites = [1, 2].map(
      (n) => `import mysql from 'mysql2/promise'
const pool = mysql.createPool({ uri: process.env.DATABASE_URL, connectionLimit: 3 })
afterAll(() => pool.end())
for (const name of ['first', 'second', 'third']) {
  test(name + ' ${n}', async () => {
    await Promise.all([1, 2, 3].map((id) => pool.execute('INSERT INTO orders VALUES (?, ?)', [id, '{}'])))
    expect(await mortarTest.boundary('orders').row('SELECT COUNT(*) AS n FROM orders')).toEqual({ n: 3 })
    const asked = mortarTest.boundary('orders').exchanges().filter(({ operation }) => operation === 'INSERT orders')
    expect(asked.length).toBe(3)
  })
}`,
    )
    const made = suiteProject({
      boundaries: "orders: mysql({ migrations: 'migrations' })",
      packages: ['mysql2'],
      suites,
      files: { 'migrations/1-orders.sql': 'CREATE TABLE orders (id int PRIMARY KEY, data JSON)' },
    })
    expect(Object.values(await runSuite(made))).toEqual(Array.from({ length: 6 }, () => 'passed'))
  },
)
