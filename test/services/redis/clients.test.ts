import net from 'node:net'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { RedisQuestion, RedisReply } from '../../../src/protocols/redis/message.ts'
import { redisWire } from '../../../src/protocols/redis/redis-wire.ts'
import { textOf } from '../../../src/protocols/redis/resp.ts'
import { optionalPackage } from '../../support/optional-package.ts'
import { type ServerProcess, startServer } from '../../support/server-process.ts'
import type { WireRelay } from '../../support/wire-relay.ts'
import { type Client, redisArguments, redisRelay, redisServer } from './support.ts'

const ioredis = optionalPackage('ioredis')
const nodeRedis = optionalPackage('redis')
const wire = redisWire()

describe.skipIf(!redisServer)('a real Redis behind the relay', () => {
  let server: ServerProcess
  beforeAll(async () => {
    server = await startServer(redisServer!, redisArguments)
  })
  afterAll(() => server.stop())

  it.skipIf(!ioredis)(
    'serves ioredis unchanged: pipelines, transactions, scripts, subscriptions, blocking',
    async () => {
      const relay = await redisRelay(server.port)
      const open = (): Client => closing(new ioredis.Redis({ port: relay.port, host: '127.0.0.1', lazyConnect: true }))
      const client = open()
      await client.set('user:42', 'Ada')
      expect(await client.get('user:42')).toBe('Ada')
      expect(await client.getBuffer('nothing')).toBeNull()
      const piped = await client.pipeline().incr('counter').incr('counter').get('counter').lpush('user:42', 'x').exec()
      expect(piped.slice(0, 3)).toEqual([
        [null, 1],
        [null, 2],
        [null, '2'],
      ])
      expect(piped[3][0].message).toContain('WRONGTYPE')
      const results = await client.multi().set('order:1', 'new').incr('orders').exec()
      expect(results).toEqual([
        [null, 'OK'],
        [null, 1],
      ])
      expect(await client.eval('return redis.call("GET", KEYS[1])', 1, 'order:1')).toBe('new')
      const bytes = Buffer.from([0, 255, 13, 10, 36])
      await client.set('picture:1', bytes)
      expect(await client.getBuffer('picture:1')).toEqual(bytes)

      const subscriber = open()
      await subscriber.subscribe('orders.created', 'orders.paid')
      const heard = once(subscriber, 'message')
      await client.publish('orders.created', '{"id":7}')
      expect(await heard).toEqual(['orders.created', '{"id":7}'])
      const blocked = subscriber.duplicate()
      closing(blocked)
      const popped = blocked.blpop('queue:jobs', 5)
      await relay.until(() => relay.of('BLPOP queue:jobs')[0])
      await client.rpush('queue:jobs', 'job')
      expect(await popped).toEqual(['queue:jobs', 'job'])

      await Promise.all([client, subscriber, blocked].map((each) => each.quit()))
      await relay.over()
      untouched(relay)
      expect(relay.of('GET user:{id}').map((each) => said(each.messages.at(-1)?.message))).toEqual(['Ada'])
      expect(relay.of('LPUSH user:{id}')[0]?.messages[0]?.message).toMatchObject({ value: { type: 'error' } })
      expect(relay.of('EVAL order:{id}')).toHaveLength(1)
      const [inTransaction] = relay.of('SET order:{id}')
      expect(inTransaction?.messages.map(({ message }) => [message.type, said(message)])).toEqual([
        ['reply', 'QUEUED'],
        ['executed', 'OK'],
      ])
      const [subscription] = relay.of('SUBSCRIBE orders.created orders.paid')
      expect(subscription?.messages.map(({ message }) => message.type)).toEqual(['reply', 'reply', 'push'])
      expect(relay.exchanges.filter(({ ending }) => ending !== 'complete')).toEqual([])
    },
  )

  it.skipIf(!nodeRedis)('serves the redis client in RESP3, with pushes of subscriptions and tracking', async () => {
    const relay = await redisRelay(server.port)
    const open = async (): Promise<Client> => {
      const client = nodeRedis.createClient({ url: `redis://127.0.0.1:${relay.port}`, RESP: 3 })
      client.on('error', () => {})
      onTestFinished(() => void (client.isOpen && client.destroy()))
      await client.connect()
      return client
    }
    const client = await open()
    await client.hSet('session:1', { user: 'ada', role: 'admin' })
    expect({ ...(await client.hGetAll('session:1')) }).toEqual({ user: 'ada', role: 'admin' })
    const [, role] = await client.multi().set('a:1', '1').hGet('session:1', 'role').exec()
    expect(role).toBe('admin')
    await client.sendCommand(['CLIENT', 'TRACKING', 'ON'])
    await client.get('a:1')

    const subscriber = await open()
    const heard: string[] = []
    await subscriber.pSubscribe('orders.*', (message: string) => void heard.push(message))
    await subscriber.subscribe('payments', (message: string) => void heard.push(message))
    // In RESP3 a subscriber may ask for something else in between.
    expect(await subscriber.lRange('none', 0, -1)).toEqual([])
    await client.publish('orders.created', 'first')
    await client.publish('payments', 'second')
    await relay.until(() => (relay.of('SUBSCRIBE payments')[0]?.messages.length === 2 ? true : undefined))
    await subscriber.unsubscribe('payments')
    await subscriber.set('a:1', '2')
    await relay.until(() => relay.of('CLIENT TRACKING')[0]?.messages[1])
    expect(heard).toEqual(['first', 'second'])
    await Promise.all([client.close(), subscriber.close()])
    await relay.over()
    untouched(relay)
    expect(relay.of('PSUBSCRIBE orders.*')[0]?.messages.map(({ message }) => message.type)).toEqual(['reply', 'push'])
    expect(relay.of('SUBSCRIBE payments')[0]?.ending).toBe('complete')
    expect(relay.of('CLIENT TRACKING')[0]?.messages[1]?.message).toMatchObject({ type: 'push' })
    expect(relay.of('HGETALL session:{id}')[0]?.messages[0]?.message).toMatchObject({ value: { type: 'map' } })
  })

  it('takes down an answer for each command, however it is written and cut', async () => {
    const relay = await redisRelay(server.port)
    const ask = await raw(relay.port)
    expect(await ask('PING\r\n', /PONG\r\n$/)).toBe('+PONG\r\n')
    const piped = '*3\r\n$3\r\nSET\r\n$3\r\nk:1\r\n$2\r\n\r\n\r\nGET k:1\r\nSELECT 3\r\nGET k:1\r\nMULTI\r\nDISCARD\r\n'
    for (const byte of piped) await ask(byte)
    await ask('CLIENT REPLY SKIP\r\nSET silent 1\r\nCLIENT REPLY ON\r\n')
    const said = await ask(
      'SUBSCRIBE a b\r\nUNSUBSCRIBE\r\nQUIT\r\n',
      /\$\d+\r\nunsubscribe[^]*unsubscribe[^]*\+OK\r\n$/,
    )
    expect(said).toContain('+OK\r\n$2\r\n\r\n\r\n+OK\r\n$-1\r\n+OK\r\n+OK\r\n+OK\r\n*3')
    await relay.over()
    untouched(relay)
    const taken = relay.exchanges.map(({ operation, messages, question }) => [
      operation,
      question.database,
      messages.length,
    ])
    expect(taken).toEqual([
      ['PING', 0, 1],
      ['SET k:{id}', 0, 1],
      ['GET k:{id}', 0, 1],
      ['SELECT', 0, 1],
      ['GET k:{id}', 3, 1],
      ['MULTI', 3, 1],
      ['DISCARD', 3, 1],
      ['CLIENT REPLY', 3, 0],
      ['SET silent', 3, 0],
      ['CLIENT REPLY', 3, 1],
      ['SUBSCRIBE a b', 3, 2],
      ['UNSUBSCRIBE', 3, 2],
      ['QUIT', 3, 1],
    ])
    expect(relay.exchanges.every(({ ending }) => ending === 'complete')).toBe(true)
  })

  it('brings what MONITOR shows, for as long as the client stays', async () => {
    const relay = await redisRelay(server.port)
    const watcher = await raw(relay.port)
    await watcher('MONITOR\r\n', /OK\r\n$/)
    const other = await raw(relay.port)
    await other('SET monitored 1\r\n', /OK\r\n$/)
    const [monitor] = await relay.until(() => {
      const all = relay.of('MONITOR')
      return all[0] && all[0].messages.length > 1 ? all : undefined
    })
    expect(said(monitor!.messages[1]!.message)).toContain('"SET" "monitored"')
    expect(monitor!.ending).toBe('open')
  })

  it('passes on what it does not understand, and goes on', async () => {
    const relay = await redisRelay(server.port)
    const ask = await raw(relay.port)
    await ask('PING\r\n', /PONG\r\n$/)
    const answer = await ask('*1\r\n$-7\r\n', /-ERR[^]*\r\n$/)
    expect(answer).toContain('Protocol error')
    await relay.over()
    untouched(relay)
    expect(relay.exchanges.at(-1)).toMatchObject({
      operation: 'CONNECT',
      messages: [{ message: { type: 'failure', failure: 'malformed' } }],
    })
  })

  it('says that the server cannot be reached, and resets the client', async () => {
    const relay = await redisRelay(1)
    const socket = net.connect(relay.port, '127.0.0.1')
    const [error] = await once(socket, 'error')
    expect((error as NodeJS.ErrnoException).code).toBe('ECONNRESET')
    await relay.over()
    expect(relay.exchanges).toMatchObject([{ operation: 'CONNECT', ending: 'complete' }])
    expect(wire.outcome(relay.exchanges[0]!.messages.map(({ message }) => message))).toEqual({
      summary: 'unreachable',
      ok: false,
      failure: 'unreachable',
    })
  })

  it('carries large values as fast as they are taken, and keeps only so much of them', async () => {
    const relay = await redisRelay(server.port)
    const ask = await raw(relay.port)
    const size = 8 * 1024 * 1024
    await ask(`*3\r\n$3\r\nSET\r\n$5\r\nlarge\r\n$${size}\r\n${'x'.repeat(size)}\r\n`, /OK\r\n$/)
    expect(await ask('GET large\r\nPING\r\n', /PONG\r\n$/)).toHaveLength(size + 10 + 2 + 7)
    const [{ messages } = { messages: [] }] = relay.of('GET large')
    expect(messages[0]?.message).toMatchObject({ cut: true, value: { size } })
    untouched(relay)
  })
})

function untouched(relay: WireRelay<RedisQuestion, RedisReply>): void {
  for (const { sent, got } of Object.values(relay.bytes)) expect(got().equals(sent())).toBe(true)
}

function closing(client: Client): Client {
  client.on('error', () => {})
  onTestFinished(() => client.disconnect())
  return client
}

function said(message: RedisReply | undefined): string | undefined {
  return message && 'value' in message ? textOf(message.value) : message?.type
}

/** Sends bytes, and waits until what came since the last wait looks like `until`. */
async function raw(port: number): Promise<(bytes: string, until?: RegExp) => Promise<string>> {
  const socket = net.connect(port, '127.0.0.1')
  socket.setNoDelay(true).on('error', () => {})
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  let heard = ''
  let check = (): void => {}
  socket.setEncoding('latin1').on('data', (text: string) => {
    heard += text
    check()
  })
  return (bytes, until) => {
    socket.write(bytes)
    if (!until) return Promise.resolve('')
    return new Promise((resolve) => {
      check = () => {
        // Only the end is looked at, since a large answer comes in many pieces.
        if (!until.test(heard.slice(-500))) return
        check = () => {}
        resolve(heard)
        heard = ''
      }
      check()
    })
  }
}
