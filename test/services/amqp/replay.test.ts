import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { amqpWire } from '../../../src/protocols/amqp/amqp-wire.ts'
import { replayWire, type ReplayServer } from '../../support/replay-wire.ts'
import { wireRelay } from '../../support/wire-relay.ts'
import { amqplib, channelOf, type Client, connect, consume, hasRabbit, type Rabbit, startRabbit } from './support.ts'

const megabyte = 1 << 20

describe.skipIf(!hasRabbit || !amqplib)('recorded messages are answered when RabbitMQ is not asked', () => {
  let rabbit: Rabbit
  beforeAll(async () => {
    rabbit = await startRabbit()
  })
  afterAll(() => rabbit?.stop())

  /** What a client sees of the broker, and what it sees of the recording of it. */
  async function twice<T>(script: (port: number) => Promise<T>): Promise<{ live: T; again: T; replay: ReplayServer }> {
    const relay = await wireRelay(amqpWire(), rabbit.port, undefined, megabyte)
    const live = await script(relay.port)
    await relay.over()
    const replay = await replayWire(amqpWire(), relay.exchanges)
    return { live, again: await script(replay.port), replay }
  }

  it('with topology, confirms, returned messages and deliveries, whose properties are as they were', async () => {
    const { live, again, replay } = await twice(async (port) => {
      const said: unknown[] = []
      const client = await connect(port)
      const channel = await channelOf(client, 'confirm')
      channel.on('return', ({ fields, content }: Client) => said.push(['returned', fields.replyCode, `${content}`]))
      said.push(await channel.assertExchange('replay.events', 'topic', { durable: false, autoDelete: true }))
      const { queue } = await channel.assertQueue('', { exclusive: true })
      await channel.bindQueue(queue, 'replay.events', 'orders.#')
      const inbox = await consume(channel, queue)
      await channel.checkQueue(queue)
      // Nothing is brought before what caused it.
      said.push(inbox.messages.length)
      const options = {
        headers: { trace: 'abc', n: 1, big: 2 ** 40, when: { '!': 'timestamp', value: 9 } },
        type: 'order',
      }
      channel.publish('replay.events', 'orders.1.created', Buffer.from('{"id":1}'), options)
      channel.publish('replay.events', 'orders.2.created', Buffer.from([0, 255, 206]))
      channel.publish('replay.events', 'other', Buffer.from('nobody'), { mandatory: true })
      await channel.waitForConfirms()
      const [first, second] = await inbox.received(2)
      said.push([first.fields.deliveryTag, first.fields.routingKey, `${first.content}`, first.properties])
      said.push([second.fields.deliveryTag, [...second.content]])
      channel.ack(first)
      channel.nack(second, false, true)
      const [, , third] = await inbox.received(3)
      said.push([third.fields.redelivered, [...third.content]])
      channel.ack(third)
      said.push(await channel.checkQueue(queue).then(({ messageCount }: Client) => messageCount))
      await channel.cancel(inbox.consumerTag)
      await client.close()
      return JSON.stringify(said)
    })
    expect(again).toBe(live)
    expect(replay.missed).toEqual([])
    // What nothing asks for are the questions that open connections.
    expect(replay.unused()).toBe(1)
  })

  it('with fetches, large bodies, prefetch, several channels, and errors', async () => {
    const { live, again, replay } = await twice(async (port) => {
      const said: unknown[] = []
      const client = await connect(port)
      const [one, two] = [await channelOf(client), await channelOf(client)]
      await one.assertQueue('replay', { exclusive: true })
      said.push(await one.get('replay'))
      one.sendToQueue('replay', Buffer.alloc(400_000, 7))
      let fetched = await one.get('replay')
      while (!fetched) fetched = await one.get('replay')
      said.push([fetched.content.length, fetched.content[399_999], fetched.fields])
      one.ack(fetched)
      await two.prefetch(1)
      const inbox = await consume(two, 'replay')
      for (const body of ['a', 'b', 'c']) one.sendToQueue('replay', Buffer.from(body))
      for (let i = 1; i <= 3; i++) {
        const messages = await inbox.received(i)
        said.push([messages.length, `${messages[i - 1].content}`])
        two.ack(messages[i - 1])
      }
      said.push(await two.checkQueue('replay.missing').catch((error: Error) => error.message))
      const three = await channelOf(client)
      said.push(three.ch)
      said.push(await three.purgeQueue('replay'))
      await client.close()
      return JSON.stringify(said)
    })
    expect(again).toBe(live)
    expect(replay.missed).toEqual([])
  })

  it('and what was not recorded closes the channel with the reason', async () => {
    const { replay } = await twice(async (port) => {
      const client = await connect(port)
      const channel = await channelOf(client)
      await channel.assertQueue('replay.known', { exclusive: true })
      await client.close()
    })
    const client = await connect(replay.port)
    const channel = await channelOf(client)
    await expect(channel.assertQueue('unknown')).rejects.toThrow('MORTAR_MISS')
    await expect.poll(() => channel.failures[0]?.message).toContain('nothing recorded answers DECLARE unknown')
    const other = await channelOf(client)
    other.sendToQueue('unknown', Buffer.from('x'))
    await expect.poll(() => other.failures[0]?.message).toContain('nothing recorded answers PUBLISH unknown, 1 B')
    expect(replay.missed).toEqual(['DECLARE unknown', 'PUBLISH unknown, 1 B'])
  })

  it('and a message that is settled otherwise than it was closes the channel', async () => {
    const relay = await wireRelay(amqpWire(), rabbit.port, undefined, megabyte)
    const script = async (port: number, settle: 'ack' | 'nack'): Promise<Client> => {
      const client = await connect(port)
      const channel = await channelOf(client)
      await channel.assertQueue('replay.settled', { exclusive: true })
      const inbox = await consume(channel, 'replay.settled')
      channel.sendToQueue('replay.settled', Buffer.from('x'))
      const [message] = await inbox.received(1)
      if (settle === 'ack') channel.ack(message)
      else channel.nack(message, false, false)
      return [client, channel]
    }
    const [client] = await script(relay.port, 'ack')
    await client.close()
    await relay.over()
    const replay = await replayWire(amqpWire(), relay.exchanges)
    const [, channel] = await script(replay.port, 'nack')
    await expect.poll(() => channel.failures[0]?.message).toContain('the client went on otherwise')
  })
})
