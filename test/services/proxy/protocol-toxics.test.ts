import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { optionalPackage } from '../../support/optional-package.ts'
import { mariadbInstalled, startMariadb } from '../../support/mariadb-server.ts'
import { postgresBinaries, type PostgresServer, startPostgres } from '../../support/postgres-server.ts'
import { type ServerProcess, startServer } from '../../support/server-process.ts'
import * as amqp from '../amqp/support.ts'
import * as mysql from '../mysql/support.ts'
import * as mqtt from '../mqtt/support.ts'
import * as nats from '../nats/support.ts'
import { type Client, redisArguments, redisServer } from '../redis/support.ts'
import { open, type ProxyServer, startProxyServer } from './support.ts'

const pg = optionalPackage('pg')
const ioredis = optionalPackage('ioredis')

const cleanups: (() => Promise<void>)[] = []
let server: ProxyServer
beforeAll(async () => {
  server = await startProxyServer([], (close) => void cleanups.push(close))
})
afterAll(() => Promise.all(cleanups.map((close) => close())))

let proxies = 0

interface Stage {
  readonly port: number
  /** Adds a toxic by the admin API; the result tells what it has struck, and removes it. */
  toxic(type: string, attributes?: object): Promise<{ struck(): Promise<number>; remove(): Promise<void> }>
}

async function stage(protocol: string, port: number): Promise<Stage> {
  const name = `${protocol}-${++proxies}`
  const fields = { name, listen: '127.0.0.1:0', upstream: `127.0.0.1:${port}`, protocol }
  const { status, body } = await server.ask('POST', '/proxies', fields)
  expect({ status, protocol: body.protocol }).toEqual({ status: 201, protocol })
  return {
    port: Number(body.listen.split(':')[1]),
    async toxic(type, attributes = {}) {
      const added = await server.ask('POST', `/proxies/${name}/toxics`, { type, attributes })
      expect(added.body).toMatchObject({ type, struck: 0 })
      const path = `/proxies/${name}/toxics/${added.body.name}`
      return {
        struck: async () => (await server.ask('GET', path)).body.struck,
        remove: async () => expect((await server.ask('DELETE', path)).status).toBe(204),
      }
    },
  }
}

describe.skipIf(!redisServer || !ioredis)('a toxic that speaks Redis', () => {
  let redis: ServerProcess
  beforeAll(async () => {
    redis = await startServer(redisServer!, redisArguments)
  })
  afterAll(() => redis?.stop())

  function connect(port: number): Client {
    const client = new ioredis.Redis({ port, host: '127.0.0.1', retryStrategy: null, maxRetriesPerRequest: 0 })
    client.on('error', () => {})
    onTestFinished(() => client.disconnect())
    return client
  }

  it.each([
    ['redis_loading', {}, /^LOADING /],
    ['redis_oom', {}, /^OOM /],
    ['redis_readonly', {}, /^READONLY /],
    ['redis_moved', { slot: 7, address: '10.0.0.9:6380' }, /^MOVED 7 10\.0\.0\.9:6380$/],
  ])('%s refuses what matches until it is removed', async (type, attributes, message) => {
    const { port, toxic } = await stage('redis', redis.port)
    const client = connect(port)
    await client.set(`${type}:stock`, '1')
    const added = await toxic(type, { ...attributes, match: { operation: '/^SET .*:stock$/' } })
    for (const _ of [1, 2]) await expect(client.set(`${type}:stock`, '2')).rejects.toThrow(message)
    expect(await client.set(`${type}:other`, '3')).toBe('OK')
    expect(await client.get(`${type}:stock`)).toBe('1')
    expect(await added.struck()).toBe(2)
    await added.remove()
    expect(await client.set(`${type}:stock`, '4')).toBe('OK')
  })

  it('strikes the first two commands only, when asked to', async () => {
    const { port, toxic } = await stage('redis', redis.port)
    const client = connect(port)
    const added = await toxic('redis_loading', { match: { operation: 'PING', times: 2 } })
    await expect(client.ping()).rejects.toThrow(/LOADING/)
    await expect(client.ping()).rejects.toThrow(/LOADING/)
    expect(await client.ping()).toBe('PONG')
    expect(await added.struck()).toBe(2)
  })

  it('redis_timeout keeps the answer from the client, and slow_question makes it late', async () => {
    const { port, toxic } = await stage('redis', redis.port)
    const hanging = await toxic('redis_timeout', { ms: 600_000, match: { operation: 'GET hung' } })
    const client = new ioredis.Redis({ port, host: '127.0.0.1', retryStrategy: null })
    client.on('error', () => {})
    onTestFinished(() => client.disconnect())
    await client.ping()
    client.options.commandTimeout = 100
    await expect(client.get('hung')).rejects.toThrow(/timed out/)
    await expect.poll(() => hanging.struck()).toBe(1)
    const waiting = connect(port).get('hung')
    await expect.poll(() => hanging.struck()).toBe(2)
    await hanging.remove()
    expect(await waiting).toBe(null)
    await toxic('slow_question', { ms: 150, match: { operation: 'GET slow' } })
    const start = performance.now()
    await connect(port).get('slow')
    expect(performance.now() - start).toBeGreaterThan(145)
  })

  it('lost_answer loses it after the server has done it, lost_connection before', async () => {
    const { port, toxic } = await stage('redis', redis.port)
    const direct = connect(redis.port)
    const lost = await toxic('lost_answer', { match: { operation: 'SET done' } })
    await expect(connect(port).set('done', '1')).rejects.toThrow()
    await expect.poll(() => direct.get('done')).toBe('1')
    expect(await lost.struck()).toBe(1)
    await toxic('lost_connection', { match: { operation: 'SET undone' } })
    await expect(connect(port).set('undone', '1')).rejects.toThrow()
    expect(await direct.get('undone')).toBe(null)
  })

  it('refuses connections beyond max_connections in the words of Redis', async () => {
    const { port, toxic } = await stage('redis', redis.port)
    const first = connect(port)
    await first.ping()
    const full = await toxic('max_connections', { connections: 1 })
    const second = await open(`127.0.0.1:${port}`)
    second.send('PING\r\n')
    expect(await second.over()).toMatch(/ended|closed/)
    expect(second.text).toBe('-ERR max number of clients reached\r\n')
    expect(await first.ping()).toBe('PONG')
    expect(await full.struck()).toBe(1)
    await full.remove()
    expect(await connect(port).ping()).toBe('PONG')
  })
})

describe.skipIf(!postgresBinaries || !pg)('a toxic that speaks PostgreSQL', () => {
  let postgres: PostgresServer
  beforeAll(async () => {
    if (postgresBinaries) postgres = await startPostgres()
  }, 60_000)
  afterAll(async () => postgres?.stop())

  let tables = 0

  async function scene(): Promise<
    Stage & { client(): Promise<Client>; table: string; rows(): string; pool(max: number): Client }
  > {
    const table = `t${++tables}`
    postgres.sql(`create table ${table} (id int primary key)`)
    const made = await stage('postgres', postgres.port)
    const config = { host: '127.0.0.1', port: made.port, user: 'postgres', database: 'postgres' }
    return {
      ...made,
      table,
      rows: () => postgres.sql(`select string_agg(id::text, ',' order by id) from ${table}`),
      async client() {
        const client = new pg.Client(config)
        client.on('error', () => {})
        onTestFinished(() => client.end().catch(() => {}))
        await client.connect()
        return client
      },
      pool(max) {
        const pool = new pg.Pool({ ...config, max, connectionTimeoutMillis: 2000 })
        pool.on('error', () => {})
        onTestFinished(() => pool.end())
        return pool
      },
    }
  }

  it('sqlstate fails the statements that match, and nothing when it is gone', async () => {
    const { client: connect, toxic, table, rows } = await scene()
    const client = await connect()
    const fields = { constraint: 'one_each' }
    const added = await toxic('sqlstate', { code: '23505', fields, match: { operation: `INSERT ${table}`, nth: 2 } })
    await client.query(`insert into ${table} values (1)`)
    await expect(client.query(`insert into ${table} values (2)`)).rejects.toMatchObject({ code: '23505', ...fields })
    await client.query(`insert into ${table} values (3)`)
    expect(await added.struck()).toBe(1)
    await added.remove()
    await client.query(`insert into ${table} values (4)`)
    expect(rows()).toBe('1,3,4')
  })

  it('lost_answer means that of COMMIT unless something else is said', async () => {
    const { client: connect, toxic, table, rows } = await scene()
    const added = await toxic('lost_answer')
    const client = await connect()
    await client.query('begin')
    await client.query(`insert into ${table} values (1)`)
    await expect(client.query('commit')).rejects.toThrow()
    await expect.poll(() => rows()).toBe('1')
    expect(await added.struck()).toBe(1)
    await added.remove()
    const again = await connect()
    await again.query('begin')
    await again.query('commit')
  })

  it('lost_connection loses COMMIT before it is done', async () => {
    const { client: connect, toxic, table, rows } = await scene()
    await toxic('lost_connection')
    const client = await connect()
    await client.query('begin')
    await client.query(`insert into ${table} values (1)`)
    await expect(client.query('commit')).rejects.toThrow()
    expect(rows()).toBe('')
  })

  it('read_only lets a client read, and not write', async () => {
    const { client: connect, toxic, table, rows } = await scene()
    const client = await connect()
    const added = await toxic('read_only')
    for (const _ of [1, 2]) {
      await expect(client.query(`insert into ${table} values (1)`)).rejects.toMatchObject({ code: '25006' })
    }
    expect((await client.query(`select count(*)::int as n from ${table}`)).rows).toEqual([{ n: 0 }])
    await added.remove()
    await client.query(`insert into ${table} values (1)`)
    expect(rows()).toBe('1')
  })

  it('runs a pool dry from the side of the server: 53300 beyond max_connections', async () => {
    const { client: connect, toxic } = await scene()
    const first = await connect()
    const full = await toxic('max_connections', { connections: 1 })
    await expect(connect()).rejects.toMatchObject({ code: '53300', severity: 'FATAL' })
    expect((await first.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    expect(await full.struck()).toBe(1)
    await first.end()
    await expect.poll(() => connect().then(() => 'connected')).toBe('connected')
  })

  it('runs a pool dry from the side of the client: its own connections are held', async () => {
    const { pool: open, toxic } = await scene()
    const pool = open(2)
    await pool.query('select 1')
    const held = await toxic('slow_question', { ms: 600_000, match: { operation: '/^SELECT/' } })
    const hanging = [pool.query('select 1 as n'), pool.query('select 2 as n')]
    await expect.poll(() => held.struck()).toBe(2)
    await expect(pool.query('select 3')).rejects.toThrow(/timeout/)
    await held.remove()
    expect((await Promise.all(hanging)).map(({ rows }) => rows)).toEqual([[{ n: 1 }], [{ n: 2 }]])
    expect((await pool.query('select 3 as n')).rows).toEqual([{ n: 3 }])
  })

  it('is no obstacle to those that only know bytes', async () => {
    const { client: connect, toxic } = await scene()
    await toxic('latency', { latency: 100 })
    const start = performance.now()
    const client = await connect()
    await client.query('select 1')
    expect(performance.now() - start).toBeGreaterThan(195)
  })
})

describe.skipIf(!nats.natsServer || !nats.transport)('a toxic that speaks NATS', () => {
  let broker: ServerProcess
  beforeAll(async () => {
    broker = await startServer(nats.natsServer!, nats.natsArguments)
  })
  afterAll(() => broker?.stop())

  it.each([
    ['message_duplicate', {}, ['1', '1', '2', '3']],
    ['message_drop', {}, ['2', '3']],
    ['message_delay', { ms: 500 }, ['2', '3', '1']],
    ['message_reorder', {}, ['2', '1', '3']],
    ['message_poison', { body: 'not json' }, ['not json', '2', '3']],
  ])('%s strikes the first message, when asked to', async (type, attributes, expected) => {
    const { port, toxic } = await stage('nats', broker.port)
    const subject = `orders.${type}`
    const [client, direct] = [await nats.connect(port, { reconnect: false }), await nats.connect(broker.port)]
    const heard: string[] = []
    direct.subscribe(subject, { callback: (_error: unknown, message: Client) => void heard.push(message.string()) })
    await direct.flush()
    const added = await toxic(type, { ...attributes, match: { operation: `PUBLISH ${subject}`, nth: 1 } })
    for (const body of ['1', '2', '3']) client.publish(subject, body)
    await expect.poll(() => heard).toEqual(expected)
    expect(await added.struck()).toBe(1)
    await added.remove()
    client.publish(subject, 'after')
    await expect.poll(() => heard).toEqual([...expected, 'after'])
  })

  it('lets go of a delayed message when its toxic is removed', async () => {
    const { port, toxic } = await stage('nats', broker.port)
    const [client, direct] = [await nats.connect(port), await nats.connect(broker.port)]
    const heard: string[] = []
    direct.subscribe('mails', { callback: (_error: unknown, message: Client) => void heard.push(message.string()) })
    await direct.flush()
    const added = await toxic('message_delay', { ms: 600_000, match: { operation: 'PUBLISH mails' } })
    client.publish('mails', 'late')
    await expect.poll(() => added.struck()).toBe(1)
    expect(heard).toEqual([])
    await added.remove()
    await expect.poll(() => heard).toEqual(['late'])
  })

  it('refuses connections beyond max_connections in the words of NATS', async () => {
    const { port, toxic } = await stage('nats', broker.port)
    const full = await toxic('max_connections', { connections: 0 })
    await expect(nats.connect(port, { reconnect: false })).rejects.toThrow(/maximum connections exceeded|closed/i)
    await full.remove()
    await nats.connect(port)
  })
})

describe.skipIf(!mqtt.mosquitto || !mqtt.mqtt)('a toxic that speaks MQTT', () => {
  let broker: ServerProcess
  beforeAll(async () => {
    broker = await startServer(mqtt.mosquitto!, mqtt.mosquittoArguments)
  })
  afterAll(() => broker?.stop())

  it('message_duplicate brings a message twice, until it is removed', async () => {
    const { port, toxic } = await stage('mqtt', broker.port)
    const [client, direct] = [await mqtt.connect(port), await mqtt.connect(broker.port)]
    await direct.subscribeAsync('orders/created', { qos: 1 })
    const { heard, until } = mqtt.listen(direct)
    const added = await toxic('message_duplicate', { match: { operation: 'PUBLISH orders/created' } })
    await client.publishAsync('orders/created', 'a', { qos: 1 })
    await client.publishAsync('orders/created', 'b', { qos: 1 })
    expect(await until(4)).toEqual(['a', 'a', 'b', 'b'])
    expect(await added.struck()).toBe(2)
    await added.remove()
    await client.publishAsync('orders/created', 'c', { qos: 1 })
    await until(5)
    expect(heard).toEqual(['a', 'a', 'b', 'b', 'c'])
  })

  it('resets connections beyond max_connections', async () => {
    const { port, toxic } = await stage('mqtt', broker.port)
    const full = await toxic('max_connections', { connections: 0 })
    await expect(mqtt.connect(port)).rejects.toThrow()
    expect(await full.struck()).toBe(1)
    await full.remove()
    await mqtt.connect(port)
  })
})

describe.skipIf(!amqp.hasRabbit || !amqp.amqplib)('a toxic that speaks AMQP', () => {
  let rabbit: amqp.Rabbit
  beforeAll(async () => {
    rabbit = await amqp.startRabbit()
  }, 60_000)
  afterAll(() => rabbit?.stop())

  it('nacks what matches, closes a channel, and does neither when it is gone', async () => {
    const { port, toxic } = await stage('amqp', rabbit.port)
    const client = await amqp.connect(port)
    const channel = await amqp.channelOf(client, 'confirm')
    const { queue } = await channel.assertQueue('', { exclusive: true })
    const send = (body: string): Promise<string> =>
      new Promise((resolve) =>
        channel.sendToQueue(queue, Buffer.from(body), {}, (error: Error) => resolve(error ? 'nack' : 'ack')),
      )
    const nacked = await toxic('amqp_nacked', { match: { times: 2 } })
    expect([await send('a'), await send('b'), await send('c')]).toEqual(['nack', 'nack', 'ack'])
    expect(await nacked.struck()).toBe(2)
    const closed = await toxic('amqp_channel_closed', { code: 404, match: { operation: 'DECLARE more' } })
    const other = await amqp.channelOf(client)
    await expect(other.assertQueue('more', { exclusive: true })).rejects.toThrow('404')
    await closed.remove()
    await (await amqp.channelOf(client)).assertQueue('more', { exclusive: true })
    expect(await send('d')).toBe('ack')
    const inbox = await amqp.consume(channel, queue, { noAck: true })
    await inbox.received(2)
    expect(inbox.bodies()).toEqual(['c', 'd'])
  })

  it('holds a publisher that it blocks until it is removed', async () => {
    const { port, toxic } = await stage('amqp', rabbit.port)
    const client = await amqp.connect(port)
    const channel = await amqp.channelOf(client, 'confirm')
    const { queue } = await channel.assertQueue('', { exclusive: true })
    const events: string[] = []
    client.on('blocked', (reason: string) => events.push(reason)).on('unblocked', () => events.push('unblocked'))
    const blocked = await toxic('amqp_blocked', { ms: 600_000, reason: 'low on disk', match: { times: 1 } })
    channel.sendToQueue(queue, Buffer.from('a'), {}, () => events.push('confirmed'))
    await expect.poll(() => events).toEqual(['low on disk'])
    await blocked.remove()
    await expect.poll(() => events).toEqual(['low on disk', 'unblocked', 'confirmed'])
  })

  it('delivers again what was acknowledged', async () => {
    const { port, toxic } = await stage('amqp', rabbit.port)
    const channel = await amqp.channelOf(await amqp.connect(port))
    const { queue } = await channel.assertQueue('', { exclusive: true })
    const again = await toxic('message_redelivery', { match: { nth: 1 } })
    const inbox = await amqp.consume(channel, queue)
    channel.sendToQueue(queue, Buffer.from('a'))
    const [first] = await inbox.received(1)
    channel.ack(first)
    const [, second] = await inbox.received(2)
    expect([second.content.toString(), second.fields.redelivered]).toEqual(['a', true])
    expect(await again.struck()).toBe(1)
  })
})

describe.skipIf(!mariadbInstalled || !mysql.mysql2)('a toxic that speaks MySQL', () => {
  let mariadb: ServerProcess
  let direct: Client
  beforeAll(async () => {
    mariadb = await startMariadb()
    direct = await mysql.mysql2.createConnection({ host: '127.0.0.1', port: mariadb.port, user: 'root' })
    await direct.query('CREATE DATABASE shop')
  }, 60_000)
  afterAll(async () => {
    direct?.destroy()
    await mariadb?.stop()
  })

  it('fails statements by number and by SQLSTATE, and nothing when it is gone', async () => {
    const { port, toxic } = await stage('mysql', mariadb.port)
    await direct.query('CREATE TABLE shop.orders (id INT PRIMARY KEY)')
    const client = await mysql.connect(port)
    const insert = (id: number): Promise<unknown> => client.query('INSERT INTO orders (id) VALUES (?)', [id])
    const deadlock = await toxic('mysql_deadlock', { match: { operation: 'INSERT orders', times: 1 } })
    await expect(insert(1)).rejects.toMatchObject({ errno: 1213 })
    const other = await toxic('mysql_error', { errno: 1406, message: 'too long', match: { times: 1 } })
    await expect(insert(2)).rejects.toMatchObject({ errno: 1406, sqlMessage: 'too long' })
    const state = await toxic('sqlstate', { code: '55P03', match: { times: 1 } })
    await expect(insert(3)).rejects.toMatchObject({ errno: 1205 })
    const readOnly = await toxic('read_only')
    await expect(insert(4)).rejects.toMatchObject({ errno: 1290 })
    await readOnly.remove()
    await insert(5)
    expect((await direct.query('SELECT id FROM shop.orders'))[0]).toEqual([{ id: 5 }])
    for (const one of [deadlock, other, state]) expect(await one.struck()).toBe(1)
  })

  it('lost_answer means that of COMMIT', async () => {
    const { port, toxic } = await stage('mysql', mariadb.port)
    await direct.query('CREATE TABLE shop.lost (id INT PRIMARY KEY)')
    await toxic('lost_answer')
    const client = await mysql.connect(port)
    await client.beginTransaction()
    await client.query('INSERT INTO lost (id) VALUES (1)')
    await expect(client.commit()).rejects.toThrow()
    await expect.poll(async () => (await direct.query('SELECT id FROM shop.lost'))[0]).toEqual([{ id: 1 }])
  })

  it('refuses connections beyond max_connections with 1040', async () => {
    const { port, toxic } = await stage('mysql', mariadb.port)
    const first = await mysql.connect(port)
    const full = await toxic('max_connections', { connections: 1 })
    await expect(mysql.connect(port)).rejects.toMatchObject({ errno: 1040 })
    expect(await full.struck()).toBe(1)
    await first.query('SELECT 1')
    await full.remove()
    await mysql.connect(port)
  })
})
