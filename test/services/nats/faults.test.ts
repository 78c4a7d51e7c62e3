import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { messageFaults } from '../../../src/core/message-faults.ts'
import type { ProtocolFault } from '../../../src/core/protocol-fault.ts'
import { createFaultSet, type FaultMatch, type FaultSet } from '../../../src/modes/faults/fault-set.ts'
import { serviceDown } from '../../../src/modes/faults/service-down.ts'
import type { NatsQuestion, NatsReply } from '../../../src/protocols/nats/message.ts'
import { type ServerProcess, startServer } from '../../support/server-process.ts'
import type { WireRelay } from '../../support/wire-relay.ts'
import { type Client, connect, jetstream, natsArguments, natsRelay, natsServer, transport } from './support.ts'

describe.skipIf(!natsServer || !transport)('a fault on NATS', () => {
  let server: ServerProcess
  beforeAll(async () => {
    server = await startServer(natsServer!, natsArguments)
  })
  afterAll(() => server.stop())

  interface Stage {
    readonly faults: FaultSet
    readonly relay: WireRelay<NatsQuestion, NatsReply>
    readonly client: Client
    /** Bodies that a subscriber of `subject` got, and a promise for so many of them. */
    listen(subject: string): { readonly heard: string[]; until(count: number): Promise<string[]> }
  }

  async function start(): Promise<Stage> {
    const faults = createFaultSet()
    const relay = await natsRelay(server.port, faults)
    const client = await connect(relay.port, { reconnect: false })
    return {
      faults,
      relay,
      client,
      listen(subject) {
        const heard: string[] = []
        let check = (): void => {}
        const callback = (_error: unknown, message: Client): void => {
          heard.push(Buffer.from(message.data).toString('latin1'))
          check()
        }
        client.subscribe(subject, { callback })
        const until = (count: number): Promise<string[]> =>
          new Promise((resolve) => {
            check = () => heard.length >= count && resolve(heard)
            check()
          })
        return { heard, until }
      },
    }
  }

  function arm(faults: FaultSet, fault: ProtocolFault, match: FaultMatch): { readonly struck: number } {
    return faults.arm({ ...fault, match: { ...fault.match, ...match } })
  }

  const cases = [
    ['duplicate', messageFaults.duplicate(), ['1', '1', '2', '3']],
    // So late that the others have come by then on a busy machine too.
    ['delay', messageFaults.delay({ ms: 500 }), ['2', '3', '1']],
    ['reorder', messageFaults.reorder(), ['2', '1', '3']],
    ['drop', messageFaults.drop(), ['2', '3']],
    ['poison', messageFaults.poison({ body: 'not json' }), ['not json', '2', '3']],
  ] as const

  for (const way of ['PUBLISH', 'DELIVER']) {
    it.each(cases)(`${way}: %s does what it says to one message`, async (name, fault, expected) => {
      const { client, faults, listen } = await start()
      const subject = `${way}.${name}`
      const orders = listen(subject)
      await client.flush()
      const armed = arm(faults, fault, { operation: `${way} ${subject}` })
      for (const body of ['1', '2', '3']) client.publish(subject, body)
      expect(await orders.until(expected.length)).toEqual(expected)
      await client.flush()
      expect(orders.heard).toEqual(expected)
      expect(armed.struck).toBe(1)
      client.publish(subject, '4')
      await client.flush()
      expect(orders.heard).toEqual([...expected, '4'])
    })
  }

  it('a message that nobody overtakes arrives by itself', async () => {
    const { client, faults, listen } = await start()
    const orders = listen('alone')
    arm(faults, messageFaults.reorder({ ms: 30 }), { operation: 'PUBLISH alone' })
    client.publish('alone', 'only')
    expect(await orders.until(1)).toEqual(['only'])
  })

  it.skipIf(!jetstream)('a duplicate of JetStream is a redelivery, and both can be acknowledged', async () => {
    const { client, faults } = await start()
    const manager = await jetstream.jetstreamManager(client)
    await manager.streams.add({ name: 'DUP', subjects: ['dup.>'] })
    await manager.consumers.add('DUP', { durable_name: 'd', ack_policy: 'explicit' })
    const streams = jetstream.jetstream(client)
    await streams.publish('dup.a', '1')
    await streams.publish('dup.a', '2')
    arm(faults, messageFaults.duplicate(), { operation: 'DELIVER dup.a' })
    const consumer = await streams.consumers.get('DUP', 'd')
    const seen: unknown[] = []
    for await (const message of await consumer.fetch({ max_messages: 3, expires: 1000 })) {
      seen.push([message.seq, message.info.deliveryCount, message.redelivered])
      message.ack()
    }
    expect(seen).toEqual([
      [1, 1, false],
      [1, 2, true],
      [2, 1, false],
    ])
    await client.flush()
    const { num_ack_pending: left, ack_floor: floor } = await manager.consumers.info('DUP', 'd')
    expect([left, floor.stream_seq]).toEqual([0, 2])
  })

  it.each([
    ['redelivery', messageFaults.redelivery(), false],
    ['crash before ack', messageFaults.crashBeforeAck(), true],
  ])('%s: what JetStream was told to be dealt with comes once more', async (name, fault, isReset) => {
    const faults = createFaultSet()
    const relay = await natsRelay(server.port, faults)
    const client = await connect(relay.port, { reconnectTimeWait: 20, reconnectJitter: 0 })
    const stream = isReset ? 'CRASH' : 'AGAIN'
    const subject = stream.toLowerCase()
    const manager = await jetstream.jetstreamManager(client)
    await manager.streams.add({ name: stream, subjects: [`${subject}.>`] })
    // What is on its way when the connection is lost comes again too, but late.
    await manager.consumers.add(stream, { durable_name: 'd', ack_policy: 'explicit', max_ack_pending: 1 })
    const streams = jetstream.jetstream(client)
    for (const body of ['1', '2', '3']) await streams.publish(`${subject}.a`, body)
    await streams.publish(`${subject}.b`, 'other')
    const armed = arm(faults, fault, { operation: `ACK ${subject}.a`, nth: 2 })
    const consumer = await streams.consumers.get(stream, 'd')
    const seen: unknown[] = []
    const messages = await consumer.consume({ max_messages: 1 })
    for await (const message of messages) {
      seen.push([message.string(), message.info.deliveryCount])
      // Work in progress is no acknowledgement.
      message.working()
      message.ack()
      if (seen.length === 5) break
    }
    expect(armed.struck, name).toBe(1)
    expect(seen.toSorted()).toEqual([
      ['1', 1],
      ['2', 1],
      ['2', 2],
      ['3', 1],
      ['other', 1],
    ])
    await client.flush()
    await vi.waitFor(async () => {
      const { num_ack_pending: left, num_pending: waiting } = await manager.consumers.info(stream, 'd')
      expect([left, waiting]).toEqual([0, 0])
    })
    const failures = relay.of('CONNECT').flatMap(({ messages: said }) => said.map(({ message }) => message))
    expect(failures.some((said) => said.type === 'failure')).toBe(isReset)
  })

  it('keeps headers and replies of what it changes', async () => {
    const { client, faults } = await start()
    client.subscribe('echo', { callback: (_e: unknown, m: Client) => m.respond(m.data, { headers: m.headers }) })
    await client.flush()
    arm(faults, messageFaults.poison({ body: 'much longer than before' }), { operation: 'PUBLISH echo' })
    const headers = transport.headers()
    headers.set('Trace', 'abc')
    const reply = await client.request('echo', 'x', { headers, timeout: 2000 })
    expect([reply.string(), reply.headers.get('Trace')]).toEqual(['much longer than before', 'abc'])
  })

  it('refuses, cuts and loses, and the exchange says so', async () => {
    const { client, faults, relay } = await start()
    const errors: string[] = []
    void (async () => {
      for await (const { type, error } of client.status()) if (type === 'error') errors.push(String(error))
    })()
    const error = { code: 'PERMISSIONS', message: 'Permissions Violation for Publish to "secret"' }
    arm(faults, { name: 'refuse', match: {}, disturbance: { do: 'refuse', error } }, { operation: 'PUBLISH secret' })
    client.publish('secret', '1')
    await client.flush()
    expect(errors.join()).toMatch(/permissions/i)

    const direct = await connect(server.port)
    const arrived = direct.subscribe('lost', { max: 1 })
    await direct.flush()
    arm(faults, { name: 'lose', match: {}, disturbance: { do: 'lose' } }, { operation: 'PUBLISH lost' })
    client.publish('lost', 'it arrives')
    for await (const message of arrived) expect(message.string()).toBe('it arrives')
    await client.closed()
    const again = await connect(relay.port, { reconnect: false })
    arm(faults, { name: 'cut', match: {}, disturbance: { do: 'cut' } }, { operation: 'PUBLISH cut' })
    again.publish('cut', 'never')
    await again.closed()
    const failures = relay.of('CONNECT').map(({ messages }) => messages.at(-1)?.message)
    expect(failures).toMatchObject([{ failure: 'reset' }, { failure: 'reset' }])
  })

  it('a server that is down lets nobody in until the fault is over', async () => {
    const { client, relay, faults } = await start()
    const armed = faults.arm(serviceDown({ operation: 'PUBLISH down' }))
    client.publish('down', 'never')
    await client.closed()
    await expect(connect(relay.port, { reconnect: false })).rejects.toThrow()
    armed.disarm()
    const again = await connect(relay.port, { reconnect: false })
    await again.flush()
  })

  it('does nothing when disarmed: the bytes are the same', async () => {
    const { client, faults, relay, listen } = await start()
    const armed = faults.arm({ ...messageFaults.drop(), match: { operation: 'PUBLISH never' } })
    const heard = listen('never')
    client.publish('other', 'x')
    await client.flush()
    armed.disarm()
    client.publish('never', 'x')
    expect(await heard.until(1)).toEqual(['x'])
    for (const { sent, got } of Object.values(relay.bytes)) expect(got().equals(sent())).toBe(true)
  })
})
