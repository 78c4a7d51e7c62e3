import net from 'node:net'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { MqttQuestion, MqttReply } from '../../../src/protocols/mqtt/message.ts'
import { mqttWire } from '../../../src/protocols/mqtt/mqtt-wire.ts'
import { type ServerProcess, startServer } from '../../support/server-process.ts'
import type { WireRelay } from '../../support/wire-relay.ts'
import { connect, listen, mosquitto, mosquittoArguments, mqtt, mqttRelay } from './support.ts'

const wire = mqttWire()

describe.skipIf(!mosquitto)('a real mosquitto behind the relay', () => {
  let server: ServerProcess
  beforeAll(async () => {
    server = await startServer(mosquitto!, mosquittoArguments)
  })
  afterAll(() => server.stop())

  it.skipIf(!mqtt).each([4, 5])(
    'serves mqtt unchanged in version %s, whatever the quality of service',
    async (version) => {
      const relay = await mqttRelay(server.port)
      const client = await connect(relay.port, { protocolVersion: version, clientId: `shop-${version}` })
      const topic = `v${version}/sensors/7`
      await client.subscribeAsync([`v${version}/sensors/+`, `v${version}/none`], { qos: 2 })
      const { until } = listen(client)
      await client.publishAsync(topic, '20.5', { qos: 0 })
      await client.publishAsync(topic, '{"t":21}', { qos: 1, retain: true })
      await client.publishAsync(topic, Buffer.from([0, 255]), { qos: 2 })
      expect(await until(3)).toEqual(['20.5', '{"t":21}', '\u0000ÿ'])
      await relay.until(() =>
        acks(relay, `SUBSCRIBE v${version}/sensors/+ v${version}/none`).length === 5 ? true : undefined,
      )
      await client.unsubscribeAsync(`v${version}/none`)
      await client.unsubscribeAsync(`v${version}/sensors/+`)
      await client.endAsync()
      await relay.over()
      untouched(relay)
      const published = relay.of(`PUBLISH v${version}/sensors/{id}`).map(({ messages }) => packets(messages))
      expect(published).toEqual([[], ['PUBACK'], ['PUBREC', 'client PUBREL', 'PUBCOMP']])
      expect(acks(relay, `SUBSCRIBE v${version}/sensors/+ v${version}/none`)).toEqual([
        'SUBACK',
        'client PUBACK',
        'client PUBREC',
        'PUBREL',
        'client PUBCOMP',
      ])
      const [subscription] = relay.of(`SUBSCRIBE v${version}/sensors/+ v${version}/none`)
      expect(wire.outcome(subscription!.messages.map(({ message }) => message))).toEqual({
        summary: '3 messages',
        ok: true,
      })
      expect(relay.of('CONNECT')[0]).toMatchObject({ question: { version, clientId: `shop-${version}` } })
      expect(relay.exchanges.filter(({ ending }) => ending !== 'complete')).toEqual([])
    },
  )

  it.skipIf(!mqtt)('knows the topic behind an alias, and the subscription by its identifier', async () => {
    const relay = await mqttRelay(server.port)
    const client = await connect(relay.port, { protocolVersion: 5, autoAssignTopicAlias: true, topicAliasMaximum: 5 })
    await client.subscribeAsync('alias/#', { qos: 1, properties: { subscriptionIdentifier: 3 } })
    await client.subscribeAsync('alias/+/temp', { qos: 1, properties: { subscriptionIdentifier: 4 } })
    const { until } = listen(client)
    for (const body of ['1', '2', '3']) await client.publishAsync('alias/9/temp', body, { qos: 1 })
    await until(3)
    await client.endAsync()
    await relay.over()
    untouched(relay)
    const published = relay.of('PUBLISH alias/{id}/temp')
    expect(published.map(({ question }) => question.topic)).toEqual(Array(3).fill('alias/9/temp'))
    // The client sent the topic once.
    const sent = relay.bytes.client.sent().toString('latin1')
    expect(sent.split('alias/9/temp')).toHaveLength(2)
  })

  it.skipIf(!mqtt)('takes down what a client says of itself: its user and its last will', async () => {
    const relay = await mqttRelay(server.port)
    const client = await connect(relay.port, {
      username: 'ada',
      password: 'hunter2',
      will: { topic: 'gone', payload: 'bye', qos: 1, retain: false },
    })
    await client.endAsync()
    await relay.over()
    expect(relay.of('CONNECT')[0]?.question.options).toMatchObject({
      user: 'ada',
      password: 'hunter2',
      will: { topic: 'gone', body: 'bye', qos: 1 },
    })
    const summaries = relay.exchanges.map(
      ({ messages }) => wire.outcome(messages.map(({ message }) => message)).summary,
    )
    expect(summaries).toEqual(['acknowledged'])
  })

  it('passes on what it does not understand, and goes on', async () => {
    for (const bytes of [
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      Buffer.from([0x10, 4, 0, 1, 0x41, 9]),
      Buffer.from([0, 0]),
    ]) {
      const relay = await mqttRelay(server.port)
      const socket = net.connect(relay.port, '127.0.0.1')
      onTestFinished(() => void socket.destroy())
      socket.on('error', () => {}).resume()
      socket.write(bytes)
      const closed = new Promise((resolve) => socket.once('close', resolve))
      const failed = await relay.until(() => relay.exchanges.find(({ ending }) => ending === 'complete'))
      expect(failed).toMatchObject({ operation: 'CONNECT', messages: [{ message: { failure: 'malformed' } }] })
      socket.end()
      await closed
      await relay.over()
      untouched(relay)
    }
  })

  it('says that the broker cannot be reached', async () => {
    const relay = await mqttRelay(1)
    net.connect(relay.port, '127.0.0.1').on('error', () => {})
    const [refused] = await relay.until(() => (relay.exchanges[0]?.ending === 'complete' ? relay.exchanges : undefined))
    expect(wire.outcome(refused!.messages.map(({ message }) => message)).failure).toBe('unreachable')
  })
})

type Relay = WireRelay<MqttQuestion, MqttReply>

function untouched(relay: Relay): void {
  for (const { sent, got } of Object.values(relay.bytes)) expect(got().equals(sent())).toBe(true)
}

function acks(relay: Relay, operation: string): string[] {
  return relay.of(operation).flatMap(({ messages }) => packets(messages))
}

/** Acknowledgements in order, with who sent them when it was the client. */
function packets(messages: Relay['exchanges'][number]['messages']): string[] {
  return messages.flatMap(({ from, message }) =>
    message.type === 'ack' ? [from === 'client' ? `client ${message.packet}` : message.packet] : [],
  )
}
