import { spawn } from 'node:child_process'
import { once } from 'node:events'
import net from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createFaultSet, type FaultSet } from '../../../src/modes/faults/fault-set.ts'
import { messageFaults } from '../../../src/core/message-faults.ts'
import type { Recorder } from '../../../src/core/recorder.ts'
import type { RabbitmqBoundaryOptions } from '../../../src/protocols/amqp/boundary.ts'
import type { AmqpQuestion, AmqpReply } from '../../../src/protocols/amqp/message.ts'
import type { Isolated } from '../../../src/services/isolation.ts'
import { isolateRabbitmq } from '../../../src/services/rabbitmq-isolation/isolate.ts'
import { amqplib, channelOf, type Client, connect, consume, hasRabbit, type Rabbit, startRabbit } from './support.ts'

describe.skipIf(!hasRabbit || !amqplib)('tests at one RabbitMQ', () => {
  let rabbit: Rabbit
  beforeAll(async () => {
    rabbit = await startRabbit()
  })
  afterAll(() => rabbit?.stop())

  async function isolate(
    worker = '1',
    input: RabbitmqBoundaryOptions = {},
    faults: FaultSet = createFaultSet(),
    url = rabbit.url,
    open: Recorder<AmqpQuestion, AmqpReply>['open'] = () => ({ message: () => {}, close: () => {} }),
  ): Promise<Isolated & { readonly port: number }> {
    const isolated = await isolateRabbitmq({
      url,
      input: { ...input, protocol: 'amqp' },
      boundary: 'events',
      worker,
      directory: '/',
      env: {},
      recorder: { open },
      faults,
    })
    onTestFinished(() => isolated.close())
    return Object.assign(isolated, { port: Number(new URL(isolated.url).port) })
  }

  const atServer = async ({ direct }: Pick<Isolated, 'direct'>): Promise<Client> => {
    const client = await amqplib.connect(direct)
    onTestFinished(() => client.close())
    return channelOf(client)
  }
  const exists = async (isolated: Pick<Isolated, 'direct'>, queue: string): Promise<boolean> => {
    const channel = await atServer(isolated)
    return channel.checkQueue(queue).then(
      () => true,
      () => false,
    )
  }

  it('are kept apart: parallel workers use the same names and never meet', async () => {
    const workers = await Promise.all(['1', '2', '3'].map((worker) => isolate(worker)))
    expect(new Set(workers.map(({ direct }) => direct)).size).toBe(3)
    const bodies = await Promise.all(
      workers.map(async ({ port }, i) => {
        const channel = await channelOf(await connect(port))
        await channel.assertQueue('orders')
        channel.sendToQueue('orders', Buffer.from(`from ${i}`))
        const inbox = await consume(channel, 'orders', { noAck: true })
        await inbox.received(1)
        await channel.checkQueue('orders')
        return inbox.bodies()
      }),
    )
    expect(bodies).toEqual([['from 0'], ['from 1'], ['from 2']])
    expect(workers.every(({ shared }) => !shared)).toBe(true)
  })

  it('the broker may send something unasked only while somebody consumes, or a connection is not made yet', async () => {
    const isolated = await isolate()
    expect(isolated.mayPush?.()).toBe(false)
    const beginning = net.connect(isolated.port, '127.0.0.1')
    onTestFinished(() => void beginning.destroy())
    beginning.write('AMQP\0\0\u0009\u0001')
    await expect.poll(() => isolated.mayPush?.()).toBe(true)
    beginning.destroy()
    await expect.poll(() => isolated.mayPush?.()).toBe(false)
    const channel = await channelOf(await connect(isolated.port))
    await channel.assertQueue('orders')
    channel.sendToQueue('orders', Buffer.from('1'))
    await channel.checkQueue('orders')
    expect(isolated.mayPush?.()).toBe(false)
    const { consumerTag } = await channel.consume('orders', () => {})
    expect(isolated.mayPush?.()).toBe(true)
    await channel.cancel(consumerTag)
    expect(isolated.mayPush?.()).toBe(false)
  })

  it('the address stays, and what a test made with connections of its own is gone for the next', async () => {
    const isolated = await isolate()
    const first = await connect(isolated.port)
    const channel = await channelOf(first, 'confirm')
    await channel.assertExchange('shop', 'topic')
    await channel.assertQueue('mails')
    await channel.bindQueue('mails', 'shop', '#')
    await channel.bindQueue('mails', 'amq.topic', 'x')
    channel.publish('shop', 'a', Buffer.from('1'))
    await channel.waitForConfirms()
    await first.close()
    expect(await exists(isolated, 'mails')).toBe(true)
    expect(await isolated.next('first')).toEqual([])
    expect(await exists(isolated, 'mails')).toBe(false)
    const second = await channelOf(await connect(isolated.port))
    // Another type would be refused if the exchange were still there.
    await second.assertExchange('shop', 'direct')
    expect(second.failures).toEqual([])
  })

  it('connections that live on keep their topology, and find their queues empty', async () => {
    const isolated = await isolate()
    const pool = await connect(isolated.port)
    const publisher = await channelOf(pool)
    await publisher.assertExchange('shop', 'fanout')
    await publisher.assertQueue('mails')
    await publisher.assertQueue('audit')
    await publisher.bindQueue('mails', 'shop', '')
    const worker = await channelOf(pool)
    const inbox = await consume(worker, 'mails')
    const extra = await connect(isolated.port)
    await (await channelOf(extra)).bindQueue('audit', 'shop', '')
    publisher.publish('shop', '', Buffer.from('one'))
    worker.ack((await inbox.received(1))[0])
    await extra.close()
    publisher.sendToQueue('audit', Buffer.from('late'))
    await publisher.checkQueue('audit')
    expect(await isolated.next('first')).toEqual([])
    expect(await publisher.checkQueue('audit')).toMatchObject({ messageCount: 0 })
    publisher.publish('shop', '', Buffer.from('two'))
    await inbox.received(2)
    expect(inbox.bodies()).toEqual(['one', 'two'])
    // The binding of the connection that has gone went with it.
    expect(await publisher.checkQueue('audit')).toMatchObject({ messageCount: 0 })
  })

  it('a message that was not acknowledged is reported and does not come back; its late acknowledgement does no harm', async () => {
    const isolated = await isolate('1', { graceMs: 30 })
    const client = await connect(isolated.port)
    const channel = await channelOf(client)
    await channel.assertQueue('mails')
    await channel.prefetch(2)
    const inbox = await consume(channel, 'mails')
    for (const body of ['a', 'b', 'c', 'd']) channel.sendToQueue('mails', Buffer.from(body))
    await inbox.received(2)
    expect(await isolated.next('first')).toEqual([{ summary: '2 messages of mails not acknowledged' }])
    expect(inbox.bodies()).toEqual(['a', 'b'])
    channel.sendToQueue('mails', Buffer.from('e'))
    await inbox.received(3)
    channel.ack(inbox.messages[0])
    channel.ack(inbox.messages[2], true)
    await channel.checkQueue('mails')
    expect(channel.failures).toEqual([])
    expect(await isolated.next('second')).toEqual([])
    await client.close()
    // Nothing of it was put back.
    expect(inbox.bodies()).toEqual(['a', 'b', 'e'])
  })

  it('messages that are on their way to a consumer as a test ends do not come back', async () => {
    const published: AmqpQuestion[] = []
    const isolated = await isolate('1', { graceMs: 0 }, undefined, undefined, (question) => {
      if (question.kind === 'publish') published.push(question)
      return { message: () => {}, close: () => {} }
    })
    const publisher = await channelOf(await connect(isolated.port))
    await publisher.assertQueue('orders')
    const left: number[] = []
    for (let round = 1; round <= 40; round++) {
      const client = await connect(isolated.port)
      await consume(await channelOf(client), 'orders')
      for (let i = 0; i < 20; i++) publisher.sendToQueue('orders', Buffer.alloc(10_000))
      // They have come as far as Mortar; how far they have come beyond it differs from round to round.
      while (published.length < round * 20) await nextTurn()
      await isolated.next('round')
      await client.close()
      const { messageCount } = await publisher.checkQueue('orders')
      left.push(messageCount)
      await publisher.purgeQueue('orders')
    }
    expect(left.filter((count) => count > 0)).toEqual([])
  })

  it('a message that is settled in time is not reported', async () => {
    const isolated = await isolate('1', { graceMs: 5000 })
    const channel = await channelOf(await connect(isolated.port))
    await channel.assertQueue('mails')
    const inbox = await consume(channel, 'mails')
    channel.sendToQueue('mails', Buffer.from('a'))
    const [message] = await inbox.received(1)
    const next = isolated.next('first')
    channel.ack(message)
    expect(await next).toEqual([])
  })

  it('an open transaction is reported and rolled back', async () => {
    const isolated = await isolate('1', { graceMs: 0.001 })
    const channel = await channelOf(await connect(isolated.port))
    await channel.assertQueue('mails')
    await transaction(channel, 'TxSelect')
    channel.sendToQueue('mails', Buffer.from('a'))
    await channel.checkQueue('mails')
    expect(await isolated.next('first')).toEqual([{ summary: 'a transaction with a message not committed' }])
    channel.sendToQueue('mails', Buffer.from('b'))
    await transaction(channel, 'TxCommit')
    expect(await channel.checkQueue('mails')).toMatchObject({ messageCount: 1 })
    expect(await isolated.next('second')).toEqual([])
  })

  it('faults and virtual hosts get along', async () => {
    const faults = createFaultSet()
    const isolated = await isolate('1', {}, faults)
    const channel = await channelOf(await connect(isolated.port))
    await channel.assertQueue('mails')
    faults.arm({ ...messageFaults.duplicate(), match: { operation: 'DELIVER mails' } })
    const inbox = await consume(channel, 'mails')
    channel.sendToQueue('mails', Buffer.from('a'))
    for (const message of await inbox.received(2)) channel.ack(message)
    expect(await isolated.next('first')).toEqual([])
    channel.sendToQueue('mails', Buffer.from('b'))
    expect((await inbox.received(3)).length).toBe(3)
    channel.ack(inbox.messages[2])
    expect(await isolated.next('second')).toEqual([])
    expect(channel.failures).toEqual([])
  })

  it('a virtual host of a worker that was killed is emptied for the next that gets it', async () => {
    const fixture = new URL('isolated.fixture.ts', import.meta.url).pathname
    const child = spawn(process.execPath, [fixture, rabbit.url, 'killed'], { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string]
    const { direct, port } = JSON.parse(line) as { direct: string; port: number }
    const channel = await channelOf(await connect(port))
    await channel.assertQueue('debris')
    await channel.assertExchange('wreck', 'fanout')
    await channel.checkQueue('debris')
    expect(await exists({ direct }, 'debris')).toBe(true)
    child.kill('SIGKILL')
    await once(child, 'exit')
    await expect
      .poll(async () => {
        const next = await isolate('killed')
        const found = [next.direct === direct, await exists(next, 'debris')]
        await next.close()
        return found
      })
      .toEqual([true, false])
  })

  it('leaves nothing behind when it is closed', async () => {
    const isolated = await isolate('closing')
    const channel = await channelOf(await connect(isolated.port))
    await channel.assertQueue('mails')
    await isolated.close()
    for (const queue of ['mails', 'mortar.made', 'mortar.claim']) expect(await exists(isolated, queue)).toBe(false)
  })

  it('share what is there with `none`', async () => {
    const isolated = await isolate('1', { isolation: 'none' })
    expect(isolated.shared).toBe(true)
    const channel = await channelOf(await connect(isolated.port))
    await channel.assertQueue('stays')
    await isolated.next('first')
    expect(await exists({ direct: rabbit.url }, 'stays')).toBe(true)
    await channel.deleteQueue('stays')
  })

  it('a broker that is not there is an error with a code', async () => {
    await expect(isolate('1', {}, createFaultSet(), 'amqp://guest:guest@127.0.0.1:1')).rejects.toMatchObject({
      code: 'MORTAR_SERVICE_FAILED',
    })
    await expect(
      isolate('1', {}, createFaultSet(), rabbit.url.replace('guest:guest', 'guest:wrong')),
    ).rejects.toMatchObject({ code: 'MORTAR_SERVICE_FAILED', reason: expect.stringContaining('ACCESS_REFUSED') })
  })
})

async function transaction(channel: Client, name: 'TxSelect' | 'TxCommit'): Promise<void> {
  const { createRequire } = await import('node:module')
  const require = createRequire(import.meta.url)
  const all = require(require.resolve('amqplib').replace(/channel_api\.js$/, 'lib/defs.js')) as Record<string, number>
  await channel.rpc(all[name], {}, all[`${name}Ok`])
}
