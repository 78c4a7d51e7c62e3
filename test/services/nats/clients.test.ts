import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { NatsQuestion, NatsReply } from '../../../src/protocols/nats/message.ts'
import { natsWire } from '../../../src/protocols/nats/nats-wire.ts'
import { type ServerProcess, startServer } from '../../support/server-process.ts'
import type { WireRelay } from '../../support/wire-relay.ts'
import { type Client, connect, jetstream, natsArguments, natsRelay, natsServer, raw, transport } from './support.ts'

const wire = natsWire()

describe.skipIf(!natsServer)('a real NATS behind the relay', () => {
  let server: ServerProcess
  beforeAll(async () => {
    server = await startServer(natsServer!, natsArguments)
  })
  afterAll(() => server.stop())

  it.skipIf(!transport)('serves the client unchanged: messages, headers, queues, requests', async () => {
    const relay = await natsRelay(server.port)
    const client = await connect(relay.port, { name: 'shop' })
    const orders = client.subscribe('orders.*', { max: 2 })
    const headers = transport.headers()
    headers.set('trace', 'abc')
    client.publish('orders.created', '{"id":1}', { headers })
    client.publish('orders.paid', new Uint8Array([0, 255, 13, 10]))
    const heard: unknown[] = []
    for await (const message of orders)
      heard.push([message.subject, message.headers?.get('trace'), message.data.length])
    expect(heard).toEqual([
      ['orders.created', 'abc', 8],
      ['orders.paid', undefined, 4],
    ])
    client.subscribe('prices.get', { queue: 'pricing', callback: (_e: unknown, m: Client) => m.respond('42') })
    expect((await client.request('prices.get', 'tea')).string()).toBe('42')
    await expect(client.request('nobody.home', '')).rejects.toThrow(/no responders/i)
    await client.drain()
    await relay.over()
    untouched(relay)
    const [subscription] = relay.of('SUBSCRIBE orders.*')
    expect(subscription).toMatchObject({ ending: 'complete', messages: [{}, { message: { subject: 'orders.paid' } }] })
    expect(said(relay, 'PUBLISH orders.created')).toEqual(['sent'])
    expect(said(relay, 'PUBLISH prices.get')).toEqual(['1 message'])
    expect(said(relay, 'PUBLISH nobody.home')).toEqual(['no responders'])
    expect(relay.of('SUBSCRIBE prices.get')[0]?.question.queue).toBe('pricing')
    expect(relay.of('REPLY')).toHaveLength(1)
    expect(relay.of('CONNECT')[0]?.question.options).toMatchObject({ name: 'shop' })
    expect(relay.exchanges.filter(({ ending }) => ending !== 'complete')).toEqual([])
  })

  it.skipIf(!jetstream)('serves JetStream: what is stored, delivered and acknowledged', async () => {
    const relay = await natsRelay(server.port)
    const client = await connect(relay.port)
    const manager = await jetstream.jetstreamManager(client)
    await manager.streams.add({ name: 'ORDERS', subjects: ['shop.orders.>'] })
    const streams = jetstream.jetstream(client)
    expect((await streams.publish('shop.orders.created', '{"id":1}')).seq).toBe(1)
    await streams.publish('shop.orders.created', '{"id":2}')
    await manager.consumers.add('ORDERS', { durable_name: 'mailer', ack_policy: 'explicit' })
    const consumer = await streams.consumers.get('ORDERS', 'mailer')
    const first = await consumer.next()
    first.nak()
    const batch = await consumer.fetch({ max_messages: 2, expires: 2000 })
    for await (const message of batch) {
      if (message.seq === 1) message.ack()
      else await message.ackAck()
    }
    await expect(manager.streams.info('NONE')).rejects.toThrow()
    await client.drain()
    await relay.over()
    untouched(relay)
    expect(said(relay, 'PUBLISH shop.orders.created')).toEqual(['1 message', '1 message'])
    expect(said(relay, 'PUBLISH $JS.API.STREAM.INFO.NONE')).toEqual(['stream not found'])
    const steps = relay.of('SUBSCRIBE _INBOX').flatMap(({ messages }) => messages.map(({ message }) => message))
    const acks = steps.flatMap((message) => (message.type === 'ack' ? [`${message.ack} ${message.sequence}`] : []))
    expect(acks.toSorted()).toEqual(['+ACK 1', '+ACK 2', '-NAK 1'])
    const delivered = steps.filter((message) => message.type === 'message' && message.subject === 'shop.orders.created')
    expect(delivered).toHaveLength(3)
    // Acknowledged with an answer: a question of its own as well.
    expect(relay.of('ACK ORDERS')).toHaveLength(1)
  })

  it('answers each operation of a verbose client, and tells what the server refused', async () => {
    const relay = await natsRelay(server.port)
    const ask = await raw(relay.port)
    await ask('', /INFO .*\r\n/)
    const pieces =
      'CONNECT {"verbose":true,"pedantic":true}\r\nSUB a 1\r\npub a 2\r\nhi\r\nUNSUB 1\r\nPUB a..b 0\r\n\r\n'
    for (const byte of pieces.slice(0, -1)) void ask(byte, /never/)
    await ask('\n', /\+OK[^]*MSG a 1 2\r\nhi\r\n[^]*-ERR/)
    const failed = await relay.until(() => {
      const all = relay.exchanges.flatMap(({ messages }) => messages.map(({ message }) => message))
      return all.find((message) => message.type === 'error')
    })
    expect(failed).toMatchObject({ message: expect.stringContaining('Invalid') })
    expect(said(relay, 'PUBLISH a')).toEqual(['sent'])
    expect(said(relay, 'SUBSCRIBE a')).toEqual(['1 message'])
    untouched(relay)
  })

  it('passes on what it does not understand, and goes on', async () => {
    const relay = await natsRelay(server.port)
    const ask = await raw(relay.port)
    await ask('', /INFO .*\r\n/)
    // The server hangs up on it, which the client must see.
    void ask('CONNECT {"verbose":false}\r\nPUB a -3\r\nPING\r\n', /never/)
    await relay.over()
    untouched(relay)
    expect(wire.outcome(relay.of('CONNECT')[0]!.messages.map(({ message }) => message))).toMatchObject({
      failure: 'malformed',
    })
  })

  it('says that the server cannot be reached', async () => {
    const relay = await natsRelay(1)
    void raw(relay.port)
    const [refused] = await relay.until(() => (relay.exchanges[0]?.ending === 'complete' ? relay.exchanges : undefined))
    expect(wire.outcome(refused!.messages.map(({ message }) => message)).failure).toBe('unreachable')
  })
})

function untouched(relay: WireRelay<NatsQuestion, NatsReply>): void {
  for (const { sent, got } of Object.values(relay.bytes)) expect(got().equals(sent())).toBe(true)
}

function said(relay: WireRelay<NatsQuestion, NatsReply>, operation: string): string[] {
  return relay.of(operation).map(({ messages }) => wire.outcome(messages.map(({ message }) => message)).summary)
}
