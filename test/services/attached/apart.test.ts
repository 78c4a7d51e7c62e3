import { afterAll, beforeAll, expect, it } from 'vitest'
import { isInstalled } from '../providers/support.ts'
import { runSuite, suiteProject } from './suite.ts'

const there = {
  redis: isInstalled('redis'),
  nats: isInstalled('nats'),
  mqtt: isInstalled('mqtt'),
  postgres: isInstalled('postgres'),
  mysql: isInstalled('mysql'),
}

const inRedis = [1, 2].map(
  (n) => `import { Redis } from 'ioredis'
const redis = new Redis(process.env.REDIS_URL)
afterAll(() => redis.disconnect())
for (const name of ['first', 'second']) {
  test('Redis: ' + name + ' ${n}', async () => { expect(await redis.setnx('lock', '1')).toBe(1) })
}`,
)

const inSharedRedis = `import { Redis } from 'ioredis'
const redis = new Redis(process.env.SHARED_URL)
afterAll(() => redis.disconnect())
test('shared Redis: first', async () => { await redis.set('a', '1') })
test('shared Redis: second', async () => { expect(await redis.get('a')).toBe('1') })`

const inNats = `import { connect } from '@nats-io/transport-node'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
const nc = await connect({ servers: process.env.NATS_URL })
afterAll(() => nc.close())
const manager = await jetstreamManager(nc)
await manager.streams.add({ name: 'orders', subjects: ['orders.*'] })
const seen = async () => (await manager.streams.info('orders')).state.messages
const config = (await manager.streams.info('orders')).config
await manager.consumers.add('orders', { durable_name: 'bills', ack_policy: 'explicit' })
const bills = await (await jetstream(nc).consumers.get('orders', 'bills')).consume()
const heard = bills[Symbol.asyncIterator]()
const publish = () => jetstream(nc).publish('orders.created', 'größer', { msgID: 'one' })
test('NATS: first', async () => {
  expect(await publish()).toMatchObject({ duplicate: false })
  expect(await publish()).toMatchObject({ duplicate: true })
  expect(await seen()).toBe(1)
  ;(await heard.next()).value.ack()
})
test('NATS: second', async () => {
  expect(await seen()).toBe(0)
  expect((await manager.streams.info('orders')).config).toEqual(config)
  expect(await publish()).toMatchObject({ duplicate: false })
  expect(await seen()).toBe(1)
  const { value } = await heard.next()
  expect(value.string()).toBe('größer')
  value.ack()
})`

const inMqtt = `import mqtt from 'mqtt'
const client = await mqtt.connectAsync(process.env.MQTT_URL)
afterAll(() => client.endAsync())
const retained = async () => {
  const seen = []
  const other = await mqtt.connectAsync(process.env.MQTT_URL)
  let marked = false
  // What is published while one looks is not marked as retained.
  other.on('message', (topic, body, { retain }) => {
    if (retain) seen.push(topic + ' ' + body)
    marked ||= topic === 'marker'
  })
  await other.subscribeAsync('#', { qos: 1 })
  await client.publishAsync('marker', 'x', { qos: 1 })
  await eventually(() => marked)
  await other.endAsync()
  return seen
}
test('MQTT: first', async () => { await client.publishAsync('state/a', 'on', { qos: 1, retain: true }); expect(await retained()).toEqual(['state/a on']) })
test('MQTT: second', async () => { expect(await retained()).toEqual([]) })`

const inPostgres = [1, 2].map(
  (n) => `import pg from 'pg'
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
afterAll(() => pool.end())
for (const name of ['first', 'second', 'third']) {
  test('PostgreSQL: ' + name + ' ${n}', async () => {
    await Promise.all([1, 2, 3].map((id) => pool.query('INSERT INTO orders VALUES ($1)', [id])))
    expect(await mortarTest.boundary('orders').row('SELECT count(*)::int AS n FROM orders')).toEqual({ n: 3 })
  })
}`,
)

const inMariadb = [1, 2].map(
  (n) => `import mysql from 'mysql2/promise'
const pool = mysql.createPool({ uri: process.env.MYSQL_URL, connectionLimit: 3 })
afterAll(() => pool.end())
for (const name of ['first', 'second', 'third']) {
  test('MariaDB: ' + name + ' ${n}', async () => {
    await Promise.all([1, 2, 3].map((id) => pool.execute('INSERT INTO stock VALUES (?, ?)', [id, '{}'])))
    expect(await mortarTest.boundary('stock').row('SELECT COUNT(*) AS n FROM stock')).toEqual({ n: 3 })
    const asked = mortarTest.boundary('stock').exchanges().filter(({ operation }) => operation === 'INSERT stock')
    expect(asked.length).toBe(3)
  })
}`,
)

const boundaries = {
  redis: "cache: redis(), shared: redis({ env: 'SHARED_URL', isolation: 'none' })",
  nats: 'events: nats()',
  mqtt: 'devices: mqtt()',
  postgres: "orders: postgres({ migrations: 'orders' })",
  mysql: "stock: mysql({ env: 'MYSQL_URL', migrations: 'stock' })",
}

const suites = {
  redis: [...inRedis, inSharedRedis],
  nats: [inNats],
  mqtt: [inMqtt],
  postgres: inPostgres,
  mysql: inMariadb,
}

const outcomes: Record<string, string> = {}
const closers: (() => unknown)[] = []

/** One run for several servers, as far as they are installed. */
async function run(...names: readonly (keyof typeof there)[]): Promise<void> {
  const used = names.filter((name) => there[name])
  if (used.length === 0) return
  const made = suiteProject({
    after: (close) => void closers.push(close),
    boundaries: used.map((name) => boundaries[name]).join(', '),
    packages: ['ioredis', 'mqtt', 'mysql2', 'pg', '@nats-io/transport-node', '@nats-io/jetstream'],
    suites: used.flatMap((name) => suites[name]),
    files: {
      'orders/1-orders.sql': 'CREATE TABLE orders (id int PRIMARY KEY)',
      'stock/1-stock.sql': 'CREATE TABLE stock (id int PRIMARY KEY, data JSON)',
    },
  })
  Object.assign(outcomes, await runSuite(made, ['--maxWorkers=2']))
}

beforeAll(async () => {
  await run('redis', 'nats', 'mqtt')
  await run('postgres', 'mysql')
}, 120_000)

afterAll(() => {
  for (const close of closers) close()
})

/** What became of the tests at one server. */
function at(server: string): string[] {
  return Object.entries(outcomes).flatMap(([name, outcome]) => (name.startsWith(`${server}: `) ? [outcome] : []))
}

function passed(count: number): string[] {
  return Array.from({ length: count }, () => 'passed')
}

it.skipIf(!there.redis)('Redis: a test finds no key of another, in whichever worker', () => {
  expect(at('Redis')).toEqual(passed(4))
})

it.skipIf(!there.redis)('Redis: a suite that shares its server says so and finds what is there', () => {
  expect(at('shared Redis')).toEqual(passed(2))
})

it.skipIf(!there.nats)('NATS: a stream is empty for each test, and its consumer goes on', () => {
  expect(at('NATS')).toEqual(passed(2))
})

it.skipIf(!there.mqtt)('MQTT: what one test retained is not there for the next', () => {
  expect(at('MQTT')).toEqual(passed(2))
})

it.skipIf(!there.postgres)('PostgreSQL: tests that insert the same key never meet', () => {
  expect(at('PostgreSQL')).toEqual(passed(6))
})

it.skipIf(!there.mysql)('MariaDB: tests that insert the same key never meet, in whichever worker', () => {
  expect(at('MariaDB')).toEqual(passed(6))
})
