import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Disturbance } from '../../../src/core/fault.ts'
import { messageFaults } from '../../../src/core/message-faults.ts'
import type { ProtocolFault } from '../../../src/core/protocol-fault.ts'
import { type Armed, createFaultSet, type FaultMatch, type FaultSet } from '../../../src/modes/faults/fault-set.ts'
import { latency } from '../../../src/modes/faults/latency.ts'
import { serviceDown } from '../../../src/modes/faults/service-down.ts'
import { amqpWire } from '../../../src/protocols/amqp/amqp-wire.ts'
import { amqpFaults } from '../../../src/protocols/amqp/faults.ts'
import type { AmqpQuestion, AmqpReply } from '../../../src/protocols/amqp/message.ts'
import type { WireRelay } from '../../support/wire-relay.ts'
import {
  amqplib,
  amqpRelay,
  channelOf,
  type Client,
  connect,
  consume,
  hasRabbit,
  type Inbox,
  type Rabbit,
  startRabbit,
} from './support.ts'

const wire = amqpWire()

interface Scene {
  readonly faults: FaultSet
  readonly relay: WireRelay<AmqpQuestion, AmqpReply>
  readonly client: Client
  /** Publishes with confirms. */
  readonly sender: Client
  /** Consumes, through the relay too. */
  readonly receiver: Client
  /** A channel that no fault reaches. */
  readonly direct: Client
  arm(fault: ProtocolFault, match?: FaultMatch): Armed
  /** Publishes and tells what became of it: `ack`, `nack`; never settles when nothing is said. */
  send(body: string, options?: object): Promise<string>
}

describe.skipIf(!hasRabbit || !amqplib)('a fault on RabbitMQ', () => {
  let rabbit: Rabbit
  beforeAll(async () => {
    rabbit = await startRabbit()
  })
  afterAll(() => rabbit?.stop())

  async function start(): Promise<Scene> {
    const faults = createFaultSet()
    const relay = await amqpRelay(rabbit.port, faults)
    const client = await connect(relay.port)
    const direct = await channelOf(await connect(rabbit.port))
    await direct.deleteQueue('q')
    await direct.assertQueue('q', { durable: false })
    const sender = await channelOf(client, 'confirm')
    return {
      faults,
      relay,
      client,
      sender,
      receiver: await channelOf(client),
      direct,
      arm: (fault, match = {}) => faults.arm({ ...fault, match: { ...fault.match, ...match } }),
      send: (body, options) =>
        new Promise((resolve) => {
          sender.sendToQueue('q', Buffer.from(body), options, (error: Error | null) => resolve(error ? 'nack' : 'ack'))
        }),
    }
  }

  const left = async (direct: Client): Promise<number> => (await direct.checkQueue('q')).messageCount

  /** All that is in the queue. */
  async function drain(direct: Client): Promise<string[]> {
    const found: string[] = []
    for (let next = await direct.get('q', { noAck: true }); next; next = await direct.get('q', { noAck: true }))
      found.push(next.content.toString())
    return found
  }

  describe('on what is published', () => {
    it('nacked: the broker never sees it, and the confirms of the others are theirs', async () => {
      const { arm, send, direct, relay } = await start()
      const armed = arm(amqpFaults.nacked(), { nth: 2, times: 2 })
      expect(await Promise.all(['a', 'b', 'c', 'd', 'e'].map((body) => send(body)))).toEqual([
        'ack',
        'nack',
        'nack',
        'ack',
        'ack',
      ])
      expect(await drain(direct)).toEqual(['a', 'd', 'e'])
      expect(armed.struck).toBe(2)
      // Long after the fault is over the numbers still fit.
      expect(await Promise.all(Array.from({ length: 50 }, (_, i) => send(`x${i}`)))).toEqual(Array(50).fill('ack'))
      expect(await left(direct)).toBe(50)
      expect(
        relay
          .of('PUBLISH q')
          .map(({ messages }) => outcome(messages))
          .slice(0, 3),
      ).toEqual(['confirmed', 'not confirmed', 'not confirmed'])
    })

    it('confirmLost: the broker has it, its confirm never comes, and the connection stays', async () => {
      const { arm, send, direct, relay } = await start()
      arm(amqpFaults.confirmLost(), { nth: 2 })
      const said: string[] = []
      for (const body of ['a', 'b', 'c']) void send(body).then((how) => said.push(`${body} ${how}`))
      await expect.poll(() => said).toEqual(['a ack', 'c ack'])
      expect(await send('d')).toBe('ack')
      expect(said).toHaveLength(2)
      expect(await drain(direct)).toEqual(['a', 'b', 'c', 'd'])
      expect(relay.of('PUBLISH q').map(({ ending }) => ending)).toEqual(['complete', 'open', 'complete', 'complete'])
    })

    it('confirmSlow: the broker has it at once, and its confirm comes behind those of others', async () => {
      const { arm, send, direct } = await start()
      arm(amqpFaults.confirmSlow({ ms: 300 }), { nth: 2 })
      const said: string[] = []
      for (const body of ['a', 'b', 'c']) void send(body).then((how) => said.push(`${body} ${how}`))
      await expect.poll(() => said).toEqual(['a ack', 'c ack'])
      expect(await left(direct)).toBe(3)
      await expect.poll(() => said).toEqual(['a ack', 'c ack', 'b ack'])
    })

    it('a broker that is down lets nobody in until the fault is over', async () => {
      const { faults, client, send, relay, direct } = await start()
      client.on('error', () => {})
      const closed = new Promise((resolve) => void client.once('close', resolve))
      const armed = faults.arm(serviceDown({ operation: 'PUBLISH q' }))
      void send('never').catch(() => {})
      await closed
      await expect(connect(relay.port)).rejects.toThrow()
      armed.disarm()
      await connect(relay.port)
      expect(await left(direct)).toBe(0)
    })

    it('returned: comes back with 312 and is confirmed, and the queue does not have it', async () => {
      const { arm, send, direct, sender } = await start()
      const back: string[] = []
      sender.on('return', ({ fields, content, properties }: Client) =>
        back.push(`${fields.replyCode} ${fields.replyText} ${content} ${properties.messageId}`),
      )
      arm(amqpFaults.returned(), { operation: 'PUBLISH q' })
      expect(await send('lost', { mandatory: true, messageId: 'm7' })).toBe('ack')
      expect(await send('kept', { mandatory: true })).toBe('ack')
      expect(back).toEqual(['312 NO_ROUTE lost m7'])
      expect(await drain(direct)).toEqual(['kept'])
    })

    it.each([
      ['duplicate', messageFaults.duplicate(), ['a', 'b', 'b', 'c']],
      ['drop', messageFaults.drop(), ['a', 'c']],
      // So late that the others have come by then on a busy machine too.
      ['delay', messageFaults.delay({ ms: 500 }), ['a', 'c', 'b']],
      ['reorder', messageFaults.reorder({ ms: 5000 }), ['a', 'c', 'b']],
      ['poison', messageFaults.poison({ body: 'poison' }), ['a', 'poison', 'c']],
    ])('%s: what arrives is what is said, and each message is confirmed once', async (_name, fault, arrived) => {
      const { arm, send, direct, relay, faults } = await start()
      arm(fault, { operation: 'PUBLISH q', nth: 2 })
      const said: string[] = []
      await Promise.all(['a', 'b', 'c'].map((body) => send(body).then((how) => said.push(`${body} ${how}`))))
      expect(said.sort()).toEqual(['a ack', 'b ack', 'c ack'])
      await expect.poll(() => left(direct)).toBe(arrived.length)
      expect(await drain(direct)).toEqual(arrived)
      faults.disarmAll()
      expect(await Promise.all(['d', 'e'].map((body) => send(body)))).toEqual(['ack', 'ack'])
      expect(await drain(direct)).toEqual(['d', 'e'])
      expect(relay.of('PUBLISH q')).toHaveLength(5)
    })

    it('duplicate: with properties and a body of many frames', async () => {
      const { arm, send, direct } = await start()
      arm(messageFaults.duplicate(), { operation: 'PUBLISH q' })
      const body = 'x'.repeat(400_000)
      expect(await send(body, { headers: { trace: 'abc' } })).toBe('ack')
      for (let i = 0; i < 2; i++) {
        const message = await direct.get('q', { noAck: true })
        expect(message.content.length).toBe(body.length)
        expect(message.properties.headers).toEqual({ trace: 'abc' })
      }
    })

    it('blocked: the client is told, its message waits, and goes on afterwards', async () => {
      const { arm, send, direct, client, relay } = await start()
      const events: string[] = []
      client.on('blocked', (reason: string) => events.push(`blocked ${reason}`))
      client.on('unblocked', () => events.push('unblocked'))
      // So long that a busy machine has looked into the queue by then.
      arm(amqpFaults.blocked({ ms: 2000, reason: 'low on disk' }))
      const sent = send('a').then((how) => events.push(how))
      await expect.poll(() => events).toContain('blocked low on disk')
      expect(await left(direct)).toBe(0)
      await sent
      expect(events).toEqual(['blocked low on disk', 'unblocked', 'ack'])
      expect(await drain(direct)).toEqual(['a'])
      expect(relay.of('CONNECT')[0]?.messages.map(({ message }) => message.type)).toEqual([
        'ok',
        'ok',
        'blocked',
        'unblocked',
      ])
    })

    it('cut and lose: the connection is reset before the broker has it, or after', async () => {
      for (const [how, expected] of [
        ['cut', []],
        ['lose', ['a']],
      ] as const) {
        const { faults, send, direct, client } = await start()
        const gone = new Promise((resolve) => client.once('close', resolve))
        faults.arm({ name: how, match: { operation: 'PUBLISH q' }, disturbance: { do: how } })
        const sent = send('a')
        await gone
        expect(await sent).toBe('nack')
        expect(await drain(direct)).toEqual(expected)
      }
    })
  })

  describe('on what is delivered', () => {
    async function consuming(scene: Scene, options: object = {}): Promise<Inbox> {
      return consume(scene.receiver, 'q', options)
    }
    const put = async ({ direct }: Scene, ...bodies: string[]): Promise<void> => {
      for (const body of bodies) direct.sendToQueue('q', Buffer.from(body))
      await direct.checkQueue('q')
    }

    it('redelivery: what was acknowledged comes again and says so; then it is done', async () => {
      const scene = await start()
      const armed = scene.arm(messageFaults.redelivery(), { operation: 'ACK q', nth: 2 })
      const inbox = await consuming(scene)
      await put(scene, 'a', 'b', 'c')
      const seen = await inbox.received(3)
      for (const message of seen.slice(0, 3)) scene.receiver.ack(message)
      await inbox.received(4)
      expect(inbox.messages.map(({ content, fields }) => `${content} ${fields.redelivered}`)).toEqual([
        'a false',
        'b false',
        'c false',
        'b true',
      ])
      scene.receiver.ack(inbox.messages[3])
      expect(armed.struck).toBe(1)
      await expect
        .poll(() => scene.relay.of('DELIVER q').map(({ ending }) => ending))
        .toEqual(Array(4).fill('complete'))
      await scene.client.close()
      expect(await left(scene.direct)).toBe(0)
    })

    it('shutdown: a message is brought, and the connection is closed while it is worked on', async () => {
      const scene = await start()
      scene.arm(amqpFaults.shutdown())
      const gone = new Promise((resolve) => scene.client.once('close', resolve))
      const inbox = await consuming(scene)
      await put(scene, 'a')
      await inbox.received(1)
      await gone
      const second = await consume(await channelOf(await connect(scene.relay.port)), 'q')
      expect((await second.received(1))[0].fields.redelivered).toBe(true)
    })

    it('crashBeforeAck: the connection is lost, and another consumer gets the message again', async () => {
      const scene = await start()
      scene.arm(messageFaults.crashBeforeAck())
      const inbox = await consuming(scene)
      await put(scene, 'a')
      const gone = new Promise((resolve) => scene.client.once('close', resolve))
      scene.receiver.ack((await inbox.received(1))[0])
      await gone
      const second = await consume(await channelOf(await connect(scene.relay.port)), 'q')
      expect((await second.received(1))[0].fields.redelivered).toBe(true)
    })

    it.each([
      ['duplicate', messageFaults.duplicate(), ['a', 'b', 'b', 'c']],
      ['drop', messageFaults.drop(), ['a', 'c']],
      // So late that the others have come by then on a busy machine too.
      ['delay', messageFaults.delay({ ms: 500 }), ['a', 'c', 'b']],
      ['reorder', messageFaults.reorder({ ms: 5000 }), ['a', 'c', 'b']],
      ['poison', messageFaults.poison({ body: 'poison' }), ['a', 'poison', 'c']],
    ])('%s: tags have no gap for the consumer, and every message is settled once', async (_name, fault, brought) => {
      const scene = await start()
      scene.arm(fault, { operation: 'DELIVER q', nth: 2 })
      const inbox = await consuming(scene)
      await put(scene, 'a', 'b', 'c')
      await inbox.received(brought.length)
      expect(inbox.bodies()).toEqual(brought)
      expect(inbox.messages.map(({ fields }) => fields.deliveryTag)).toEqual(brought.map((_, i) => i + 1))
      for (const message of inbox.messages) scene.receiver.ack(message)
      await put(scene, 'd', 'e')
      await inbox.received(brought.length + 2)
      // All that is left at once, after the fault.
      scene.receiver.ack(inbox.messages.at(-1), true)
      await scene.receiver.checkQueue('q')
      expect(scene.receiver.failures).toEqual([])
      await scene.client.close()
      // What is not settled would be back by now.
      expect(await left(scene.direct)).toBe(0)
    })

    it('keeps prefetch: a message that is dropped makes room for the next', async () => {
      const scene = await start()
      await scene.receiver.prefetch(1)
      scene.arm(messageFaults.drop(), { operation: 'DELIVER q' })
      const inbox = await consuming(scene)
      await put(scene, 'a', 'b')
      expect((await inbox.received(1)).map(({ content }) => content.toString())).toEqual(['b'])
      expect(await left(scene.direct)).toBe(0)
    })

    it('refuses a tag that the consumer never got, as the broker would', async () => {
      const scene = await start()
      scene.arm(messageFaults.duplicate(), { operation: 'DELIVER q' })
      const inbox = await consuming(scene)
      await put(scene, 'a')
      await inbox.received(2)
      scene.receiver.ack({ fields: { deliveryTag: 7 } })
      await expect.poll(() => scene.receiver.failures[0]?.message).toMatch(/406.*unknown delivery tag/)
    })

    it('duplicates what needs no acknowledgement as well', async () => {
      const scene = await start()
      scene.arm(messageFaults.duplicate(), { operation: 'DELIVER q' })
      const inbox = await consuming(scene, { noAck: true })
      await put(scene, 'a', 'b')
      await inbox.received(3)
      expect(inbox.bodies()).toEqual(['a', 'a', 'b'])
    })
  })

  describe('on channels and connections', () => {
    it.each([
      [406, 'PRECONDITION_FAILED'],
      [404, 'NOT_FOUND'],
      [403, 'ACCESS_REFUSED'],
      [312, 'NO_ROUTE'],
    ])('closes the channel with %i, which the client can open again', async (code, text) => {
      const { arm, client, sender, direct, relay, send } = await start()
      const armed = arm(amqpFaults.channelClosed({ code }), { operation: 'DECLARE more' })
      const other = await channelOf(client)
      await expect(other.assertQueue('more', { exclusive: true })).rejects.toThrow(`${code}`)
      expect(other.failures[0].message).toContain(text)
      await expect(direct.checkQueue('more')).rejects.toThrow('404')
      expect(armed.struck).toBe(1)
      // Other channels live on, and the number of the closed one is free on both sides.
      expect(await send('a')).toBe('ack')
      const again = await channelOf(client)
      expect(again.ch).toBe(other.ch)
      await again.assertQueue('more', { exclusive: true })
      expect(outcome(relay.of('DECLARE more')[0]!.messages)).toBe(`${code} ${text}`)
      expect(sender.failures).toEqual([])
    })

    it('closes the channel of a publish; what comes after it on the channel is not done', async () => {
      const { arm, sender, direct, client } = await start()
      arm(amqpFaults.channelClosed({ code: 404, text: 'NOT_FOUND - no exchange' }), { operation: 'PUBLISH q', nth: 2 })
      for (const body of ['a', 'b', 'c']) sender.sendToQueue('q', Buffer.from(body))
      await expect(sender.waitForConfirms()).rejects.toThrow()
      await expect.poll(() => sender.failures[0]?.message).toMatch('404')
      const again = await channelOf(client, 'confirm')
      again.sendToQueue('q', Buffer.from('d'))
      await again.waitForConfirms()
      expect(await drain(direct)).toEqual(['a', 'd'])
    })

    it('closes the connection with 320, and the broker gets back what was not acknowledged', async () => {
      const { arm, client, receiver, sender, direct, relay } = await start()
      const inbox = await consume(receiver, 'q')
      direct.sendToQueue('q', Buffer.from('a'))
      await inbox.received(1)
      const failed = new Promise<Error>((resolve) => client.once('error', resolve))
      const gone = new Promise((resolve) => client.once('close', resolve))
      arm(amqpFaults.connectionClosed({ text: 'CONNECTION_FORCED - broker forced connection closure' }))
      // What amqplib makes of 320 without an error is its own affair; it tells of it when it closes.
      sender.sendToQueue('q', Buffer.from('b'))
      await Promise.race([failed, gone])
      await gone
      await expect.poll(() => left(direct)).toBe(1)
      expect(await drain(direct)).toEqual(['a'])
      await relay.over()
      expect(outcome(relay.of('CONNECT')[0]!.messages)).toContain('320 CONNECTION_FORCED')
    })

    it('refuses to open the virtual host', async () => {
      const { arm, relay } = await start()
      arm(amqpFaults.connectionClosed({ code: 530 }), { operation: 'CONNECT' })
      await expect(connect(relay.port)).rejects.toThrow('ConnectionClose')
      expect(outcome(relay.of('CONNECT').at(-1)!.messages)).toContain('530 NOT_ALLOWED')
    })

    it('wire faults work as with any protocol', async () => {
      const { faults, send } = await start()
      const armed = faults.arm({ wire: latency(30), from: 'service' })
      expect(await send('a')).toBe('ack')
      armed.disarm()
      expect(armed.struck).toBeGreaterThan(0)
    })
  })

  it('does nothing when disarmed: the bytes are the same', async () => {
    const { faults, relay, send, receiver, client } = await start()
    const never: Disturbance = { do: 'cut' }
    const armed = faults.arm({ name: 'never', match: { operation: 'PUBLISH never' }, disturbance: never })
    const inbox = await consume(receiver, 'q')
    const large = 'x'.repeat(300_000)
    await Promise.all(['a', large, 'b'].map((body) => send(body)))
    armed.disarm()
    await send('c')
    for (const message of await inbox.received(4)) receiver.ack(message)
    await client.close()
    await relay.over()
    expect(armed.struck).toBe(0)
    for (const { sent, got } of Object.values(relay.bytes)) expect(got().equals(sent())).toBe(true)
  })
})

function outcome(messages: readonly { readonly message: AmqpReply }[]): string {
  return wire.outcome(messages.map(({ message }) => message)).summary
}
