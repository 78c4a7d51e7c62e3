import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { messageFaults } from '../../../src/core/message-faults.ts'
import { createFaultSet, type FaultSet } from '../../../src/modes/faults/fault-set.ts'
import { serviceDown } from '../../../src/modes/faults/service-down.ts'
import type { MqttQuestion, MqttReply } from '../../../src/protocols/mqtt/message.ts'
import { type ServerProcess, startServer } from '../../support/server-process.ts'
import type { WireRelay } from '../../support/wire-relay.ts'
import { type Client, connect, listen, mosquitto, mosquittoArguments, mqtt, mqttRelay } from './support.ts'

describe.skipIf(!mosquitto || !mqtt)('a fault on MQTT', () => {
  let server: ServerProcess
  beforeAll(async () => {
    server = await startServer(mosquitto!, mosquittoArguments)
  })
  afterAll(() => server.stop())

  interface Stage {
    readonly faults: FaultSet
    readonly relay: WireRelay<MqttQuestion, MqttReply>
    /** Speaks through the relay. */
    readonly client: Client
    /** Does not. */
    readonly direct: Client
  }

  async function start(options: object = {}): Promise<Stage> {
    const faults = createFaultSet()
    const relay = await mqttRelay(server.port, faults)
    return { faults, relay, client: await connect(relay.port, options), direct: await connect(server.port) }
  }

  const cases = [
    // So late that the others have come by then on a busy machine too.
    ['delay', messageFaults.delay({ ms: 500 }), ['2', '3', '1']],
    ['reorder', messageFaults.reorder(), ['2', '1', '3']],
    ['drop', messageFaults.drop(), ['2', '3']],
    ['poison', messageFaults.poison({ body: 'not json' }), ['not json', '2', '3']],
  ] as const
  const everyCase = [0, 1, 2].flatMap((qos) => [
    ...cases.map(([name, fault, expected]) => [name, qos, fault, expected] as const),
    // Exactly once means that a duplicate is recognised.
    ['duplicate', qos, messageFaults.duplicate(), qos === 2 ? ['1', '2', '3'] : ['1', '1', '2', '3']] as const,
  ])

  it.each(everyCase)('%s strikes one message from the client with QoS %i', async (name, qos, fault, expected) => {
    const { client, direct, faults } = await start()
    const topic = `up/${name}/${qos}x`
    await direct.subscribeAsync(topic, { qos: 2 })
    const { heard, until } = listen(direct)
    const armed = faults.arm({ ...fault, match: { operation: `PUBLISH ${topic}` } })
    const sent = ['1', '2', '3'].map((body) => client.publishAsync(topic, body, { qos }))
    await Promise.all(sent)
    expect(await until(expected.length)).toEqual(expected)
    expect(armed.struck).toBe(1)
    // Nothing is in the way of what comes after it, and no identifier is left over.
    for (const body of ['4', '5']) await client.publishAsync(topic, body, { qos })
    expect(await until(expected.length + 2)).toEqual([...expected, '4', '5'])
    expect(heard).toHaveLength(expected.length + 2)
    await client.endAsync()
  })

  it.each(everyCase)('%s strikes one message to the client with QoS %i', async (name, qos, fault, expected) => {
    const { client, direct, faults, relay } = await start()
    const topic = `down/${name}/${qos}x`
    await client.subscribeAsync(topic, { qos: 2 })
    const { until } = listen(client)
    const armed = faults.arm({ ...fault, match: { operation: `DELIVER ${topic}` } })
    await Promise.all(['1', '2', '3'].map((body) => direct.publishAsync(topic, body, { qos })))
    expect(await until(expected.length)).toEqual(expected)
    expect(armed.struck).toBe(1)
    for (const body of ['4', '5']) await direct.publishAsync(topic, body, { qos })
    expect(await until(expected.length + 2)).toEqual([...expected, '4', '5'])
    await client.endAsync()
    await relay.over()
    expect(relay.exchanges.filter(({ ending }) => ending !== 'complete')).toEqual([])
  })

  it.each([1, 2])('crash before ack: a session that the broker keeps gets it once more with QoS %i', async (qos) => {
    const kept = { clean: false, clientId: `kept-${qos}`, reconnectPeriod: 20 }
    const { client, direct, faults } = await start(kept)
    const topic = `ack/${qos}x`
    await client.subscribeAsync(topic, { qos: 2 })
    const seen: unknown[] = []
    client.on('message', (_topic: string, body: Buffer, { dup }: { dup: boolean }) => seen.push([String(body), dup]))
    const armed = faults.arm({ ...messageFaults.crashBeforeAck(), match: { operation: `ACK ${topic}`, nth: 2 } })
    for (const body of ['1', '2']) await direct.publishAsync(topic, body, { qos })
    await expect.poll(() => armed.struck).toBe(1)
    // With QoS 2 a client deals with a message only once it is sure that it will not come again.
    const second = qos === 1 ? [false, true] : [true]
    await expect.poll(() => seen).toEqual([['1', false], ...second.map((dup) => ['2', dup])])
    await direct.publishAsync(topic, '3', { qos })
    await expect.poll(() => seen.at(-1)).toEqual(['3', false])
    await client.endAsync()
  })

  it('a topic alias is introduced by the next message when the first one is dropped', async () => {
    const { client, direct, faults } = await start({
      protocolVersion: 5,
      autoAssignTopicAlias: true,
    })
    await direct.subscribeAsync('alias/a')
    const { until } = listen(direct)
    faults.arm({ ...messageFaults.drop(), match: { operation: 'PUBLISH alias/a' } })
    for (const body of ['1', '2', '3']) await client.publishAsync('alias/a', body, { qos: 1 })
    expect(await until(2)).toEqual(['2', '3'])
    expect(client.connected).toBe(true)
  })

  it('refuses a message, a subscription, a connection', async () => {
    const refuse = (code: string) => ({ do: 'refuse', error: { code, message: 'not allowed' } }) as const
    const { client, faults, relay } = await start({ protocolVersion: 5 })
    faults.arm({ name: 'no', match: { operation: 'PUBLISH secret' }, disturbance: refuse('135') })
    await expect(client.publishAsync('secret', '1', { qos: 1 })).rejects.toThrow('Not authorized')
    await client.publishAsync('secret', '2', { qos: 1 })
    faults.arm({ name: 'no', match: { operation: 'SUBSCRIBE secret' }, disturbance: refuse('135') })
    await expect(client.subscribeAsync('secret')).rejects.toThrow()
    expect(relay.of('SUBSCRIBE secret')[0]).toMatchObject({ ending: 'complete' })
    faults.arm({ name: 'no', match: { operation: 'CONNECT' }, disturbance: refuse('136') })
    const refused = mqtt.connect(`mqtt://127.0.0.1:${relay.port}`, { reconnectPeriod: 0, protocolVersion: 5 })
    const [error] = await once(refused, 'error')
    expect(error.message).toContain('Server unavailable')
    await refused.endAsync(true)
  })

  it('cuts before the broker has it, and loses the answer after it has', async () => {
    const { client, direct, faults, relay } = await start()
    await direct.subscribeAsync('lost/#')
    const { heard, until } = listen(direct)
    faults.arm({ name: 'lose', match: { operation: 'PUBLISH lost/a' }, disturbance: { do: 'lose' } })
    const closed = new Promise((resolve) => client.once('close', resolve))
    client.publish('lost/a', 'it arrives', { qos: 1 })
    await closed
    expect(await until(1)).toEqual(['it arrives'])
    const other = await connect(relay.port)
    faults.arm({ name: 'cut', match: { operation: 'PUBLISH lost/b' }, disturbance: { do: 'cut' } })
    const alsoClosed = new Promise((resolve) => other.once('close', resolve))
    other.publish('lost/b', 'never', { qos: 1 })
    await alsoClosed
    await direct.publishAsync('lost/c', 'last', { qos: 1 })
    await until(2)
    expect(heard).toEqual(['it arrives', 'last'])
    for (const operation of ['PUBLISH lost/a', 'PUBLISH lost/b'])
      expect(relay.of(operation)[0]).toMatchObject({
        ending: 'abandoned',
        messages: [{ message: { failure: 'reset' } }],
      })
  })

  it('a broker that is down lets nobody in until the fault is over', async () => {
    const { client, direct, faults } = await start({ reconnectPeriod: 20 })
    await direct.subscribeAsync('down', { qos: 1 })
    const { heard, until } = listen(direct)
    const armed = faults.arm(serviceDown({ operation: 'PUBLISH down' }))
    let tried = 0
    client.on('close', () => tried++)
    const sent = client.publishAsync('down', '1', { qos: 1 })
    await expect.poll(() => tried).toBeGreaterThan(3)
    expect(heard).toEqual([])
    armed.disarm()
    await sent
    expect(await until(1)).toEqual(['1'])
    await client.endAsync()
  })

  it('does nothing when disarmed: the bytes are the same', async () => {
    const { client, faults, relay } = await start()
    const armed = faults.arm({ ...messageFaults.drop(), match: { operation: 'PUBLISH never' } })
    await client.publishAsync('other', 'x', { qos: 2 })
    armed.disarm()
    await client.publishAsync('never', 'x', { qos: 2 })
    await client.endAsync()
    await relay.over()
    expect(armed.struck).toBe(0)
    for (const { sent, got } of Object.values(relay.bytes)) expect(got().equals(sent())).toBe(true)
  })
})
