import { existsSync } from 'node:fs'
import { beforeAll, afterAll, describe, expect, it } from 'vitest'
import { postgresBinaries, type PostgresServer, startPostgres } from '../support/postgres-server.ts'
import { type CheckedProject, checkProject } from './checked-project.ts'

const programs = ['nats-server', 'mosquitto', 'redis-server', 'rabbitmq-server']
const missing = programs.filter(
  (name) => !['/usr/bin', '/usr/sbin', '/usr/local/bin'].some((folder) => existsSync(`${folder}/${name}`)),
)
if (missing.length > 0)
  console.warn(`SKIPPED: ${missing.join(', ')} not installed, so what brokers show was not looked at`)

const suite = `import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import amqp from 'amqplib'
import { Redis } from 'ioredis'
import mqtt from 'mqtt'
import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 4 })
afterAll(() => pool.end())
const inTransaction = async (work, end = 'COMMIT') => {
  const client = await pool.connect()
  await client.query('BEGIN')
  await client.query('INSERT INTO orders (note) VALUES ($1)', ['order-4711'])
  await work()
  await client.query(end)
  client.release()
}

test('publishes to NATS before it commits', async () => {
  const nats = await connect({ servers: process.env.NATS_URL })
  await inTransaction(async () => { nats.publish('orders.created', '{"note":"order-4711"}'); await nats.flush() })
  await nats.close()
})
test('publishes to NATS after it has committed', async () => {
  const nats = await connect({ servers: process.env.NATS_URL })
  await inTransaction(async () => {})
  nats.publish('orders.created', '{"note":"order-4711"}')
  await nats.close()
})
test('publishes to Redis what is rolled back', async () => {
  const redis = new Redis(process.env.REDIS_URL)
  await inTransaction(() => redis.publish('orders', 'order-4711'), 'ROLLBACK')
  await redis.quit()
})
test('forgets one of three messages of RabbitMQ', async () => {
  const connection = await amqp.connect(process.env.AMQP_URL)
  const channel = await connection.createChannel()
  const { queue } = await channel.assertQueue('', { exclusive: true })
  let seen = 0
  const { promise, resolve } = Promise.withResolvers()
  await channel.consume(queue, (message) => {
    if (++seen !== 2) channel.ack(message)
    if (seen === 3) resolve()
  })
  for (const n of [1, 2, 3]) channel.sendToQueue(queue, Buffer.from('message ' + n))
  await promise
  // An answer to it comes after the acknowledgements have been read.
  await channel.checkQueue(queue)
  await connection.close()
})
test('forgets one of three messages of JetStream', async () => {
  const nats = await connect({ servers: process.env.NATS_URL })
  const manager = await jetstreamManager(nats)
  await manager.streams.add({ name: 'ORDERS', subjects: ['shipped.*'] })
  await manager.consumers.add('ORDERS', { durable_name: 'worker', ack_policy: 'explicit' })
  const js = jetstream(nats)
  for (const n of [1, 2, 3]) await js.publish('shipped.order', 'message ' + n)
  const consumer = await js.consumers.get('ORDERS', 'worker')
  let seen = 0
  for await (const message of await consumer.fetch({ max_messages: 3 })) if (++seen !== 2) message.ack()
  await nats.close()
})
test('never takes what MQTT brings', async () => {
  const client = await mqtt.connectAsync(process.env.MQTT_URL)
  client.handleMessage = () => resolve()
  const { promise, resolve } = Promise.withResolvers()
  await client.subscribeAsync('sensors/+', { qos: 1 })
  client.publish('sensors/7', '21.5', { qos: 1 })
  await promise
  await new Promise((done) => setTimeout(done, 1500))
  await client.endAsync(true)
})
test('gives the same message of RabbitMQ back for ever', async () => {
  const connection = await amqp.connect(process.env.AMQP_URL)
  const channel = await connection.createChannel()
  const { queue } = await channel.assertQueue('', { exclusive: true })
  let seen = 0
  const { promise, resolve } = Promise.withResolvers()
  await channel.consume(queue, (message) => {
    if (++seen < 30) channel.nack(message, false, true)
    else (channel.ack(message), resolve())
  })
  channel.sendToQueue(queue, Buffer.from('poison'), { messageId: 'message-17', headers: { traceparent: '00-abc' } })
  await promise
  await channel.checkQueue(queue)
  await connection.close()
  throw new Error('nobody noticed')
})
test('asks RabbitMQ for a queue that is not there', async () => {
  const connection = await amqp.connect(process.env.AMQP_URL)
  try {
    const channel = await connection.createChannel()
    channel.on('error', () => {})
    await channel.checkQueue('nowhere')
  } finally {
    await connection.close()
  }
})
test('is kept out of Redis', async () => {
  const redis = new Redis(process.env.REDIS_URL, { lazyConnect: true })
  await redis.incr('orders')
  await redis.set('orders', 'none')
  await redis.incr('orders').finally(() => redis.quit())
})`

describe.skipIf(missing.length > 0 || !postgresBinaries)('a run against brokers', () => {
  let server: PostgresServer
  let checked: CheckedProject

  beforeAll(async () => {
    server = await startPostgres()
    server.sql('create database shop')
    server.sql('create table orders (id serial primary key, note text)', 'shop')
    checked = await checkProject({
      boundaries: `{ orders: postgres({ env: 'DATABASE_URL' }), events: nats({ env: 'NATS_URL' }),
  queue: rabbitmq({ env: 'AMQP_URL' }), cache: redis({ env: 'REDIS_URL' }), sensors: mqtt({ env: 'MQTT_URL' }) }`,
      suite,
      packages: ['pg', 'amqplib', 'ioredis', 'mqtt', '@nats-io/jetstream', '@nats-io/transport-node'],
      env: { DATABASE_URL: `postgres://postgres@127.0.0.1:${server.port}/shop` },
    })
  })
  afterAll(async () => {
    checked?.close()
    await server?.stop()
  })

  it.each([
    [
      'publishes to NATS before it commits',
      'published-before-commit',
      'events: orders.created was published before COMMIT of INSERT orders (orders)',
    ],
    [
      'publishes to Redis what is rolled back',
      'published-before-commit',
      'cache: orders was published in a transaction that was rolled back, of INSERT orders (orders)',
    ],
    ['forgets one of three messages of RabbitMQ', 'never-acknowledged', expect.stringContaining('queue: a message of')],
    [
      'forgets one of three messages of JetStream',
      'never-acknowledged',
      'events: a message of shipped.order was never acknowledged by ORDERS worker',
    ],
    ['never takes what MQTT brings', 'never-acknowledged', expect.stringContaining('sensors: a message of sensors/7')],
    [
      'gives the same message of RabbitMQ back for ever',
      'endless-redelivery',
      expect.stringMatching(/^queue: a message of .* again 29 times$/),
    ],
  ])('a test that %s shows %s, and nothing else', (name, code, title) => {
    expect(checked.shownOf(name), checked.printed).toEqual([[code, title]])
  })

  it('messages are kept as files, with the ids by which they are found', () => {
    const { artifacts } = checked.testOf('gives the same message of RabbitMQ back for ever')
    const text = checked.made.read(artifacts!)
    expect(text).toContain('- messageId: message-17')
    expect(text).toContain('- traceparent: 00-abc')
    const [, file] = /\((\d+-message\.txt)\)/.exec(text)!
    expect(checked.made.read(artifacts!.replace('timeline.md', file!))).toBe('poison')
  })

  it('a test that publishes after it has committed shows nothing', () => {
    expect(checked.shownOf('publishes to NATS after it has committed')).toEqual([])
  })

  it.each([
    ['asks RabbitMQ for a queue that is not there', 'queue', /404/],
    ['is kept out of Redis', 'cache', /WRONGTYPE|not an integer/],
  ])('a failed test that %s names %s', (name, boundary, because) => {
    expect(checked.testOf(name).diagnosis, checked.printed).toMatchObject({
      boundary,
      because: expect.stringMatching(because),
    })
  })
})
