import { once } from 'node:events'
import net from 'node:net'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { mqttWire } from '../../../src/protocols/mqtt/mqtt-wire.ts'
import { replayWire } from '../../support/replay-wire.ts'
import { type ServerProcess, startServer } from '../../support/server-process.ts'
import { wireRelay } from '../../support/wire-relay.ts'
import { type Client, connect, mosquitto, mosquittoArguments, mqtt } from './support.ts'

const megabyte = 1 << 20
let server: ServerProcess | undefined
afterEach(() => server?.stop())

/** What a client sees of the broker, and what it sees of the recording of it when the broker has ended. */
async function twice<T>(
  script: (port: number) => Promise<T>,
  keepBytes = megabyte,
): Promise<{ live: T; again: T; port: number; missed: readonly string[] }> {
  server = await startServer(mosquitto!, mosquittoArguments)
  const relay = await wireRelay(mqttWire(), server.port, undefined, keepBytes)
  const live = await script(relay.port)
  await relay.over()
  await server.stop()
  server = undefined
  const replay = await replayWire(mqttWire(), relay.exchanges)
  return { live, again: await script(replay.port), ...replay }
}

/** All that a client is told of a message. */
function collect(client: Client): { heard: unknown[]; until(count: number): Promise<unknown[]> } {
  const heard: unknown[] = []
  client.on('message', (topic: string, body: Buffer, { qos, retain, dup, properties }: Client) => {
    heard.push({ topic, body: [...body], qos, retain, dup, properties })
    client.emit('heard')
  })
  return {
    heard,
    async until(count) {
      while (heard.length < count) await once(client, 'heard')
      return heard
    },
  }
}

describe.skipIf(!mosquitto || !mqtt)('recorded messages are answered when the broker is gone', () => {
  it.each([4, 5])(
    'in version %s, for every quality of service, retained messages, and what is taken back',
    async (version) => {
      const { live, again, missed } = await twice(async (port) => {
        const said: unknown[] = []
        const other = await connect(port, { protocolVersion: version })
        said.push((await other.publishAsync('kept/1', 'before', { qos: 1, retain: true }))?.reasonCode)
        const client = await connect(port, { protocolVersion: version, clientId: 'shop' })
        const { until, heard } = collect(client)
        said.push((await client.subscribeAsync('kept/#', { qos: 1 })).map(({ qos }: Client) => qos))
        await until(1)
        said.push((await client.subscribeAsync(['a/+', 'b'], { qos: 2 })).map(({ qos }: Client) => qos))
        const properties =
          version === 5
            ? { userProperties: { trace: ['x', 'y'] }, correlationData: Buffer.from([0, 1]), contentType: 'text/plain' }
            : undefined
        await client.publishAsync('a/1', '20.5', { qos: 0 })
        await until(2)
        await other.publishAsync('a/2', '{"t":21}', { qos: 1, properties })
        await until(3)
        await client.publishAsync('b', Buffer.from([0, 255]), { qos: 2 })
        await until(4)
        await client.unsubscribeAsync('b')
        await other.publishAsync('b', 'nobody', { qos: 1 })
        await client.publishAsync('a/3', 'last', { qos: 2 })
        said.push(structuredClone(await until(5)))
        await client.endAsync()
        await other.endAsync()
        return [said, heard.length]
      })
      expect(again).toEqual(live)
      expect(missed).toEqual([])
    },
  )

  it('refuses what was not recorded, says why where the version has a place for it, and goes on', async () => {
    const { port } = await twice(async (port) => {
      const client = await connect(port, { protocolVersion: 5, clientId: 'shop' })
      await client.publishAsync('orders', '1', { qos: 1 })
      await client.publishAsync('orders', '2', { qos: 2 })
      await client.endAsync()
    })
    const client = await connect(port, { protocolVersion: 5, clientId: 'shop' })
    const told: string[] = []
    client.on(
      'packetreceive',
      ({ properties }: Client) => void (properties?.reasonString && told.push(properties.reasonString)),
    )
    await expect(client.publishAsync('orders', '3', { qos: 1 })).rejects.toThrow(/Implementation specific error/)
    await expect(client.publishAsync('orders', '3', { qos: 2 })).rejects.toThrow(/Implementation specific error/)
    await expect(client.subscribeAsync('orders')).rejects.toThrow()
    expect(told).toEqual(Array(3).fill(expect.stringMatching(/^MORTAR_MISS {2}nothing recorded answers/)))
    client.publish('orders', '4', { qos: 0 })
    const old = await connect(port, { protocolVersion: 4, clientId: 'old' })
    await expect(old.subscribeAsync('orders')).rejects.toThrow()
    const closed = once(old, 'close')
    old.publish('orders', '9', { qos: 1 })
    await closed
    await client.endAsync()
  })

  it('refuses what was too large to be kept', async () => {
    const sent = 300_000
    const { live, again } = await twice(async (port) => {
      const client = await connect(port, { protocolVersion: 5 })
      const { until, heard } = collect(client)
      const other = await connect(port, { protocolVersion: 5 })
      await client.subscribeAsync('large', { qos: 1 })
      other.publish('large', 'x'.repeat(sent), { qos: 0 })
      const told = new Promise<void>((resolve) =>
        client.on(
          'packetreceive',
          ({ cmd, reasonCode }: Client) => void (cmd === 'disconnect' && reasonCode === 0x83 && resolve()),
        ),
      )
      await Promise.race([until(1), told])
      await client.endAsync()
      await other.endAsync()
      return heard.length
    }, 100)
    expect([live, again]).toEqual([1, 0])
  })
})

it('takes any bytes of a client without hanging', async () => {
  const { port } = await replayWire(mqttWire(), [])
  const connecting = Buffer.from('\x10\x0d\0\x04MQTT\x04\x02\0\x3c\0\x01a', 'latin1')
  const piece = fc.oneof(
    fc
      .constantFrom(
        '\x30\x05\0\x01abc',
        '\x32\x07\0\x01a\0\x01bc',
        '\x82\x06\0\x01\0\x01a\0',
        '\x40\x02\0\x01',
        '\xc0\0',
      )
      .map((text) => Buffer.from(text, 'latin1')),
    fc.uint8Array({ minLength: 1, maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
  )
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.array(piece, { maxLength: 10 }), async (greets, pieces) => {
      const client = net.connect(port, '127.0.0.1').on('error', () => {})
      if (greets) client.write(connecting)
      for (const bytes of pieces) client.write(bytes)
      client.end()
      client.resume()
      await once(client, 'close')
    }),
    { numRuns: 50 },
  )
})
