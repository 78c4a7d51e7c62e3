import { afterEach, describe, expect, it } from 'vitest'
import { natsWire } from '../../../src/protocols/nats/nats-wire.ts'
import { replayWire } from '../../support/replay-wire.ts'
import { type ServerProcess, startServer } from '../../support/server-process.ts'
import { wireRelay } from '../../support/wire-relay.ts'
import { type Client, connect, jetstream, natsArguments, natsServer, raw, transport } from './support.ts'

const wire = natsWire()
const megabyte = 1 << 20
let server: ServerProcess | undefined
afterEach(() => server?.stop())

/** What a client sees of the server, and what it sees of the recording of it when the server has ended. */
async function twice<T>(
  script: (port: number) => Promise<T>,
  keepBytes = megabyte,
): Promise<{ live: T; again: T; port: number; missed: readonly string[] }> {
  server = await startServer(natsServer!, natsArguments)
  const relay = await wireRelay(natsWire(), server.port, undefined, keepBytes)
  const live = await script(relay.port)
  await relay.over()
  await server.stop()
  server = undefined
  const replay = await replayWire(natsWire(), relay.exchanges)
  return { live, again: await script(replay.port), ...replay }
}

describe.skipIf(!natsServer || !transport)('recorded messages are answered when NATS is gone', () => {
  it('for subscriptions, queues, headers and requests', async () => {
    const { live, again, missed } = await twice(async (port) => {
      const said: unknown[] = []
      const client = await connect(port)
      const orders = client.subscribe('orders.*', { max: 3 })
      const headers = transport.headers()
      headers.set('trace', 'abc')
      client.publish('orders.created', '{"id":1}', { headers })
      client.publish('orders.paid', new Uint8Array([0, 255, 13, 10]))
      client.publish('orders.closed')
      for await (const message of orders) said.push([message.subject, message.headers?.get('trace'), [...message.data]])
      client.subscribe('prices.get', {
        queue: 'pricing',
        callback: (_e: unknown, m: Client) => m.respond(`42 for ${m.string()}`),
      })
      said.push((await client.request('prices.get', 'tea')).string())
      said.push(await client.request('nobody.home', '').catch((error: Error) => error.message))
      const other = await connect(port)
      const heard: string[] = []
      const listening = other.subscribe('late.>', { callback: (_e: unknown, m: Client) => heard.push(m.string()) })
      await other.flush()
      said.push([...heard])
      client.publish('late.one', '1')
      await client.flush()
      client.publish('late.two', '2')
      await client.flush()
      while (listening.getReceived() < 2) await new Promise((resolve) => setImmediate(resolve))
      said.push(heard)
      await client.drain()
      await other.drain()
      return said
    })
    expect(again).toEqual(live)
    expect(live).toContainEqual(['1', '2'])
    expect(missed).toEqual([])
  })

  it.skipIf(!jetstream)('for JetStream: what is stored, pulled, given back, acknowledged and answered', async () => {
    const { live, again, missed } = await twice(async (port) => {
      const said: unknown[] = []
      const client = await connect(port)
      const manager = await jetstream.jetstreamManager(client)
      await manager.streams.add({ name: 'ORDERS', subjects: ['shop.orders.>'] })
      const streams = jetstream.jetstream(client)
      for (const id of [1, 2]) said.push((await streams.publish('shop.orders.created', `{"id":${id}}`)).seq)
      await manager.consumers.add('ORDERS', { durable_name: 'mailer', ack_policy: 'explicit' })
      const consumer = await streams.consumers.get('ORDERS', 'mailer')
      const first = await consumer.next()
      said.push([first.seq, first.string(), first.info.deliveryCount])
      first.nak()
      const batch = await consumer.fetch({ max_messages: 2, expires: 2000 })
      const redelivered: unknown[] = []
      for await (const message of batch) {
        redelivered.push([message.seq, message.string(), message.info.deliveryCount])
        if (message.seq === 1) message.ack()
        else await message.ackAck()
      }
      said.push(redelivered.toSorted(), await manager.streams.info('NONE').catch((error: Error) => error.message))
      const empty = await consumer.fetch({ max_messages: 1, expires: 1000 })
      for await (const message of empty) said.push(message.seq)
      said.push((await consumer.info()).num_pending)
      await client.drain()
      return said
    })
    expect(again).toEqual(live)
    expect(live.slice(0, 3)).toEqual([1, 2, [1, '{"id":1}', 1]])
    expect(missed).toEqual([])
  })

  it('refuses what was not recorded, says why, and goes on', async () => {
    const { port } = await twice(async (port) => {
      const client = await connect(port)
      client.subscribe('prices.get', { callback: (_e: unknown, m: Client) => m.respond('42') })
      const answer = (await client.request('prices.get', 'tea')).string()
      await client.drain()
      return answer
    })
    const client = await connect(port)
    const refused =
      /Permissions Violation for Publish to "prices.get": MORTAR_MISS {2}nothing recorded answers PUBLISH prices.get/
    await expect(client.request('prices.get', 'coffee')).rejects.toThrow(refused)
    const told: string[] = []
    const subscription = client.subscribe('never.heard', {
      callback: (error: Error | null) => void (error && told.push(error.message)),
    })
    await subscription.closed.catch(() => {})
    expect(told.join()).toMatch(/Subscription to "never.heard": MORTAR_MISS/)
    await client.flush()
  })

  it('refuses what was too large to be kept', async () => {
    const { live, again } = await twice(async (port) => {
      const client = await connect(port)
      client.subscribe('large', { callback: (_e: unknown, m: Client) => m.respond('x'.repeat(1000)) })
      const got = await client.request('large', '').then(
        (m: Client) => m.data.length,
        (error: Error) => error.message,
      )
      await client.drain().catch(() => {})
      return got
    }, 100)
    expect(live).toBe(1000)
    expect(again).toMatch(/MORTAR_RECORDING_CUT {2}a message of 1000 bytes was too large/)
  })

  it('speaks to clients that want every operation confirmed, and ends what is no NATS', async () => {
    const { port } = await replayWire(wire, [])
    const ask = await raw(port)
    await ask('', /INFO .*\r\n/)
    await ask('CONNECT {"verbose":true}\r\nPING\r\n', /\+OK\r\nPONG/)
    await ask('SUB a 1\r\n', /\+OK\r\n-ERR .*MORTAR_MISS/)
    await ask('GET / HTTP/1.1\r\n', /-ERR 'Unknown Protocol Operation'/)
  })
})
