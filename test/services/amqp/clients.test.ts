import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AmqpQuestion, AmqpReply } from '../../../src/protocols/amqp/message.ts'
import { amqpWire } from '../../../src/protocols/amqp/amqp-wire.ts'
import type { WireRelay } from '../../support/wire-relay.ts'
import {
  amqplib,
  amqpRelay,
  channelOf,
  type Client,
  connect,
  consume,
  hasRabbit,
  type Rabbit,
  startRabbit,
} from './support.ts'

type Relay = WireRelay<AmqpQuestion, AmqpReply>
const wire = amqpWire()

describe.skipIf(!hasRabbit || !amqplib)('amqplib through the relay', () => {
  let rabbit: Rabbit
  beforeAll(async () => {
    rabbit = await startRabbit()
  })
  afterAll(() => rabbit?.stop())

  async function start(
    kind: 'plain' | 'confirm' = 'plain',
  ): Promise<{ relay: Relay; client: Client; channel: Client }> {
    const relay = await amqpRelay(rabbit.port)
    const client = await connect(relay.port)
    return { relay, client, channel: await channelOf(client, kind) }
  }

  it('publishes, confirms, delivers and acknowledges, each seen as what it is, and no byte is changed', async () => {
    const { relay, client, channel } = await start('confirm')
    await channel.assertExchange('events', 'topic', { durable: false })
    const { queue } = await channel.assertQueue('mails', { durable: false })
    await channel.bindQueue(queue, 'events', 'orders.*.paid')
    const inbox = await consume(channel, 'mails')
    channel.publish('events', 'orders.42.paid', Buffer.from('{"id":42}'), {
      contentType: 'application/json',
      headers: { trace: 'abc', attempt: 1, nested: { deep: [1, true] } },
      messageId: 'm-1',
    })
    await channel.waitForConfirms()
    const [message] = await inbox.received(1)
    channel.ack(message)
    await channel.cancel(inbox.consumerTag)
    await channel.deleteQueue('mails')
    await client.close()
    await relay.over()
    expect(relay.exchanges.map(({ question }) => wire.describe(question))).toEqual([
      { name: 'CONNECT', effect: false },
      { name: 'CONFIRM', effect: false },
      { name: 'DECLARE EXCHANGE events', effect: true },
      { name: 'DECLARE mails', effect: true },
      { name: 'BIND mails', effect: true },
      { name: 'CONSUME mails', effect: false },
      { name: 'PUBLISH orders.{id}.paid', effect: true },
      { name: 'DELIVER mails', effect: false },
      { name: 'CANCEL', effect: false },
      { name: 'DELETE mails', effect: true },
    ])
    const [published] = relay.of('PUBLISH orders.{id}.paid')
    expect(published?.question).toMatchObject({
      fields: { exchange: 'events', routingKey: 'orders.42.paid' },
      properties: {
        contentType: 'application/json',
        messageId: 'm-1',
        headers: { trace: 'abc', nested: { deep: [{ value: 1 }, true] } },
      },
      size: 9,
    })
    expect(Buffer.from(published!.question.body).toString()).toBe('{"id":42}')
    expect(said(relay, 'PUBLISH orders.{id}.paid')).toBe('confirmed')
    expect(said(relay, 'DELIVER mails')).toBe('9 B, ack')
    expect(said(relay, 'CONSUME mails')).toBe('1 delivery')
    expect(relay.exchanges.map(({ ending }) => ending)).toEqual(relay.exchanges.map(() => 'complete'))
    expect(relay.of('CONNECT')[0]?.question.fields).toMatchObject({ vhost: '/', user: 'guest', mechanism: 'PLAIN' })
    expect(JSON.stringify(relay.of('CONNECT')[0])).not.toContain('guest\\u0000guest')
    unchanged(relay)
  })

  it('keeps channels, consumers and prefetch apart, and acknowledges many at once', async () => {
    const { relay, client, channel } = await start()
    const other = await channelOf(client)
    for (const queue of ['one', 'two']) await channel.assertQueue(queue, { durable: false, autoDelete: true })
    await channel.prefetch(3)
    const one = await consume(channel, 'one')
    const two = await consume(other, 'two', { noAck: true })
    for (let i = 0; i < 6; i++) other.sendToQueue('one', Buffer.from(`a${i}`))
    for (let i = 0; i < 4; i++) channel.sendToQueue('two', Buffer.from(`b${i}`))
    await Promise.all([one.received(3), two.received(4)])
    expect(one.messages).toHaveLength(3)
    channel.ack(one.messages[2], true)
    await one.received(6)
    channel.nack(one.messages[3], false, false)
    channel.reject(one.messages[4], true)
    await one.received(7)
    channel.ack(one.messages[6])
    await channel.assertQueue('one', { durable: false, autoDelete: true })
    await client.close()
    await relay.over()
    expect(
      relay.of('DELIVER one').map(({ question: { fields }, messages }) => [fields['deliveryTag'], outcome(messages)]),
    ).toEqual([
      [1, '2 B, ack'],
      [2, '2 B, ack'],
      [3, '2 B, ack'],
      [4, '2 B, nack'],
      [5, '2 B, reject, requeued'],
      [6, '2 B'],
      [7, '2 B, redelivered, ack'],
    ])
    // Never acknowledged, and it shows.
    expect(relay.of('DELIVER one').map(({ ending }) => ending)[5]).toBe('abandoned')
    expect(relay.of('DELIVER two').map(({ question, ending }) => [question.channel, ending])).toEqual(
      Array.from({ length: 4 }, () => [2, 'complete']),
    )
    expect(said(relay, 'QOS')).toBe('ok')
    unchanged(relay)
  })

  it('fetches with GET, and tells when there is nothing', async () => {
    const { relay, client, channel } = await start()
    await channel.assertQueue('box', { durable: false, exclusive: true })
    expect(await channel.get('box')).toBe(false)
    channel.sendToQueue('box', Buffer.from('x'))
    channel.sendToQueue('box', Buffer.from('y'))
    const first = await channel.get('box')
    channel.ack(first)
    await channel.get('box', { noAck: true })
    expect(await channel.purgeQueue('box')).toEqual({ messageCount: 0 })
    await client.close()
    await relay.over()
    expect(relay.of('GET box').map(({ messages }) => outcome(messages))).toEqual(['nothing', '1 B, ack', '1 B'])
    expect(relay.of('GET box')[1]?.messages[0]?.message).toMatchObject({ messageCount: 1 })
    expect(said(relay, 'PURGE box')).toBe('0 messages')
  })

  it('carries big bodies in many frames, of several channels at a time', async () => {
    const { relay, client, channel } = await start('confirm')
    const other = await channelOf(client, 'confirm')
    await channel.assertQueue('big', { durable: false, exclusive: true })
    const inbox = await consume(channel, 'big', { noAck: true })
    const sizes = [3_000_000, 200_000, 1]
    for (const size of sizes) {
      channel.sendToQueue('big', Buffer.alloc(size, 1))
      other.sendToQueue('big', Buffer.alloc(size, 2))
    }
    await Promise.all([channel.waitForConfirms(), other.waitForConfirms()])
    const got = await inbox.received(6)
    expect(got.map(({ content }) => content.length).sort((a, b) => b - a)).toEqual(
      [...sizes, ...sizes].sort((a, b) => b - a),
    )
    await client.close()
    await relay.over()
    const published = relay.of('PUBLISH big')
    expect(published.map(({ question }) => question.size).sort((a, b) => b - a)[0]).toBe(3_000_000)
    expect(Math.max(...published.map(({ question }) => question.body.length))).toBe(1 << 20)
    expect(published.every(({ messages }) => outcome(messages) === 'confirmed')).toBe(true)
    unchanged(relay)
  })

  it('ties a returned message to its publish, with and without confirms', async () => {
    const { relay, client, channel } = await start('confirm')
    const plain = await channelOf(client)
    const returned: Client[] = []
    for (const each of [channel, plain]) each.on('return', (message: Client) => returned.push(message))
    channel.sendToQueue('nowhere', Buffer.from('x'), { mandatory: true })
    channel.sendToQueue('nowhere', Buffer.from('y'))
    await channel.waitForConfirms()
    plain.sendToQueue('nowhere', Buffer.from('z'), { mandatory: true })
    await relay.until(() => relay.of('PUBLISH nowhere')[2]?.messages[0])
    await expect.poll(() => returned.map(({ content }) => content.toString())).toEqual(['x', 'z'])
    expect(relay.of('PUBLISH nowhere').map(({ messages }) => outcome(messages))).toEqual([
      'returned: 312 NO_ROUTE, confirmed',
      'confirmed',
      'returned: 312 NO_ROUTE',
    ])
  })

  it('shows the error that closes a channel where it belongs', async () => {
    const { relay, client, channel } = await start()
    await expect(channel.checkQueue('missing')).rejects.toThrow('404')
    const second = await channelOf(client)
    await second.assertQueue('shape', { durable: false, exclusive: true })
    await expect(second.assertQueue('shape', { durable: false, exclusive: true, messageTtl: 9 })).rejects.toThrow('406')
    const third = await channelOf(client, 'confirm')
    third.publish('no-such-exchange', 'key', Buffer.from('x'))
    await expect(third.waitForConfirms()).rejects.toThrow()
    const fourth = await channelOf(client)
    fourth.ack({ fields: { deliveryTag: 99 } })
    await relay.until(() => relay.of('CHANNEL')[0])
    expect(said(relay, 'DECLARE missing')).toBe("404 NOT_FOUND - no queue 'missing' in vhost '/'")
    expect(relay.of('DECLARE shape').map(({ messages }) => outcome(messages).slice(0, 23))).toEqual([
      '0 messages',
      '406 PRECONDITION_FAILED',
    ])
    expect(said(relay, 'PUBLISH key')).toMatch(/^404 NOT_FOUND - no exchange 'no-such-exchange'/)
    expect(said(relay, 'CHANNEL')).toMatch(/^406 PRECONDITION_FAILED - unknown delivery tag 99/)
  })

  it('tells what came of a transaction', async () => {
    const { relay, client, channel } = await start()
    await channel.assertQueue('tx', { durable: false, exclusive: true })
    const send = (name: string, fields: object): Promise<unknown> => channel.rpc(defs(name)[0], fields, defs(name)[1])
    await send('TxSelect', {})
    channel.sendToQueue('tx', Buffer.from('1'))
    await send('TxCommit', {})
    channel.sendToQueue('tx', Buffer.from('2'))
    channel.sendToQueue('tx', Buffer.from('3'))
    await send('TxRollback', {})
    channel.sendToQueue('tx', Buffer.from('4'))
    expect(await channel.checkQueue('tx')).toMatchObject({ messageCount: 1 })
    await client.close()
    await relay.over()
    expect(relay.of('PUBLISH tx').map(({ messages, ending }) => [outcome(messages), ending])).toEqual([
      ['committed', 'complete'],
      ['rolled back', 'complete'],
      ['rolled back', 'complete'],
      ['sent', 'abandoned'],
    ])
    expect(said(relay, 'TX COMMIT')).toBe('ok')
  })

  it('shows a virtual host that is not there, and an account that is not let in', async () => {
    const relay = await amqpRelay(rabbit.port)
    await expect(connect(relay.port, '/nowhere')).rejects.toThrow()
    await expect(amqplib.connect(`amqp://guest:wrong@127.0.0.1:${relay.port}`)).rejects.toThrow('403')
    await relay.over()
    const [open, login] = relay.of('CONNECT')
    expect(outcome(open!.messages)).toMatch(/530 NOT_ALLOWED - vhost nowhere not found/)
    expect(outcome(login!.messages)).toMatch(/403 ACCESS_REFUSED/)
    expect(JSON.stringify(relay.exchanges)).not.toContain('wrong')
  })
})

const defsModule = amqplib
  ? await import('node:module').then(({ createRequire }) => createRequire(import.meta.url))
  : undefined

/** Number and answer of a method that amqplib knows and offers no function for. */
function defs(name: string): [number, number] {
  const path = defsModule!.resolve('amqplib').replace(/channel_api\.js$/, 'lib/defs.js')
  const all = defsModule!(path) as Record<string, number>
  return [all[name]!, all[`${name}Ok`]!]
}

function outcome(messages: readonly { readonly message: AmqpReply }[]): string {
  return wire.outcome(messages.map(({ message }) => message)).summary
}

function said(relay: Relay, operation: string): string {
  return outcome(relay.of(operation)[0]!.messages)
}

function unchanged(relay: Relay): void {
  for (const { sent, got } of Object.values(relay.bytes)) expect(got().equals(sent())).toBe(true)
}
