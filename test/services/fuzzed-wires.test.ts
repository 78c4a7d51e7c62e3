import { type Duplex, duplexPair } from 'node:stream'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Faults } from '../../src/core/fault.ts'
import type { WireProtocol } from '../../src/core/wire.ts'
import { createFaultSet } from '../../src/modes/faults/fault-set.ts'
import { amqpWire } from '../../src/protocols/amqp/amqp-wire.ts'
import { encodeContent, encodeMethod } from '../../src/protocols/amqp/encode.ts'
import { mqttWire } from '../../src/protocols/mqtt/mqtt-wire.ts'
import { mysqlWire } from '../../src/protocols/mysql/mysql-wire.ts'
import { natsWire } from '../../src/protocols/nats/nats-wire.ts'
import { postgresWire } from '../../src/protocols/postgres/postgres-wire.ts'
import { redisWire } from '../../src/protocols/redis/redis-wire.ts'

type Wire = WireProtocol<never, never>

const heartbeat = '\x08\0\0\0\0\0\0\xce'
const postgresStartup = '\0\0\0\x10\0\x03\0\0user\0a\0\0'
const connectionClose = encodeMethod(0, 'connection.close', { code: 320 }).toString('latin1')

const content = encodeContent({
  channel: 1,
  name: 'basic.publish',
  fields: { exchange: '', routingKey: 'q' },
  properties: { contentType: 'text/plain' },
  body: Buffer.from('hello'),
  frameMax: 11,
}).toString('latin1')

/** Name, how it is made, pieces of what is spoken, and what a client has to say first. */
const wires: readonly (readonly [string, () => Wire, readonly string[], string?])[] = [
  [
    'redis',
    redisWire as unknown as () => Wire,
    ['*1\r\n', '$4\r\nPING\r\n', '+OK\r\n', '>2\r\n', '$-1\r\n', '*-1\r\n', '*2\r\n'],
  ],
  [
    'nats',
    natsWire as unknown as () => Wire,
    ['PUB a 2\r\n', 'hi\r\n', 'MSG a 1 2\r\n', 'PING\r\n', 'INFO {}\r\n', '+OK\r\n'],
  ],
  [
    'postgres',
    postgresWire as unknown as () => Wire,
    [
      'Q\0\0\0\x0dSELECT 1\0',
      'P\0\0\0\x10\0SELECT 1\0\0\0',
      'S\0\0\0\x04',
      'X\0\0\0\x04',
      'Z\0\0\0\x05I',
      'D\0\0\0\x0b\0\x01\0\0\0\x011',
      'C\0\0\0\x0dSELECT 1\0',
      'G\0\0\0\x09\0\0\x01\0\0',
      'd\0\0\0\x06ab',
      'E\0\0\0\x05\0',
    ],
    postgresStartup,
  ],
  [
    'mysql',
    mysqlWire as unknown as () => Wire,
    [
      '\x4a\0\0\0\x0a5.5.5\0\x01\0\0\0aaaaaaaa\0\xdf\xf7\x2d\x02\0\xff\x81\x15\0\0\0\0\0\0\0\0\0\0bbbbbbbbbbbb\0mysql_native_password\0',
      '\x01\0\0\0\x0e',
      '\x09\0\0\0\x03SELECT 1',
      '\x07\0\0\x01\0\0\0\x02\0\0\0',
      '\xff\xff\xff\0',
    ],
  ],
  [
    'mqtt',
    mqttWire as unknown as () => Wire,
    [
      '\x10\x0d\0\x04MQTT\x04\x02\0\x3c\0\x01a',
      '\x30\x05\0\x01abc',
      '\x32\x07\0\x01a\0\x01bc',
      '\x40\x02\0\x01',
      '\xc0\0',
    ],
  ],
  [
    'amqp',
    amqpWire as unknown as () => Wire,
    [
      'AMQP\0\0\x09\x01',
      heartbeat,
      encodeMethod(1, 'basic.ack', { deliveryTag: 1 }).toString('latin1'),
      connectionClose,
      encodeMethod(1, 'channel.close', { code: 404 }).toString('latin1'),
      content,
      content.slice(0, 40),
      content.slice(40),
    ],
  ],
]

/** A message without the last frame of its body, and then what a connection begins with. */
const headerBehindHalf = [Buffer.from(content.slice(0, -10), 'latin1'), Buffer.from('AMQP\0\0\x09\x01', 'latin1')]

/** A message whose body is still to come, and then what does not wait for it. */
const heartbeatBehindHalf = [content.slice(0, -10), heartbeat, connectionClose].map((text) =>
  Buffer.from(text, 'latin1'),
)

/** A whole message at once, while the other side says something that cannot be understood. */
const messageBesideNonsense: [Buffer[], Buffer[]] = [[Buffer.from(content, 'latin1')], [Buffer.from([0])]]
/** A statement, and half of one, behind which the client has finished before they could be looked at. */
const lastWords: [Buffer[], Buffer[]] = [[Buffer.from('Q\0\0\0\x0dSELECT 1\0Q\0\0')], []]

const examplesOf: Readonly<Record<string, [Buffer[], Buffer[]][]>> = {
  amqp: [[[], headerBehindHalf], [[], heartbeatBehindHalf], messageBesideNonsense],
  postgres: [lastWords],
}

/** Bytes without what belongs to no channel: half a message that is held back may be overtaken by it. */
function inOrder(bytes: Buffer): string {
  return bytes.toString('latin1').replaceAll(heartbeat, '').replaceAll(connectionClose, '')
}

// Whatever comes from either side arrives at the other, with and without faults to look for, and nothing hangs.
it.each(wires.flatMap((wire) => [false, true].map((watching) => [wire[0], watching, wire] as const)))(
  '%s passes on any bytes of both sides (watching for faults: %s)',
  async (name, watching, [, makeWire, pieces, opening = '']) => {
    const piece = fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...pieces).map((text) => Buffer.from(text, 'latin1')) },
      fc.uint8Array({ minLength: 1, maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
    )
    const stream = fc.array(piece, { maxLength: 12 })
    const faults = createFaultSet()
    if (watching) faults.arm({ name: 'never', match: { operation: 'NONE' }, disturbance: { do: 'cut' } })
    await fc.assert(
      fc.asyncProperty(stream, stream, async (said, fromServer) => {
        const fromClient = opening === '' ? said : [Buffer.from(opening, 'latin1'), ...said]
        const [client, server] = joined(makeWire(), watching ? faults : undefined)
        const ends = Promise.all([drain(client), drain(server)])
        for (let i = 0; i < Math.max(fromClient.length, fromServer.length); i++) {
          if (fromClient[i]) client.write(fromClient[i]!)
          if (fromServer[i]) server.write(fromServer[i]!)
        }
        client.end()
        server.end()
        const [toClient, toServer] = await ends
        expect(inOrder(toServer)).toBe(inOrder(Buffer.concat(fromClient)))
        expect(inOrder(toClient)).toBe(inOrder(Buffer.concat(fromServer)))
      }),
      {
        numRuns: 150,
        examples: examplesOf[name] ?? [],
      },
    )
  },
)

/** Both ends of a relayed connection, which is in memory: what is found can be found again. */
function joined(wire: Wire, faults: Faults | undefined): readonly [Duplex, Duplex] {
  const [client, accepted] = duplexPair()
  const [upstream, server] = duplexPair()
  const recorder = { open: () => ({ message: () => {}, close: () => {} }) }
  const connect = (): Promise<Duplex> => Promise.resolve(upstream)
  void wire.relay(accepted, { connect, recorder, ...(faults && { faults }), signal: new AbortController().signal })
  return [client, server]
}

async function drain(connection: Duplex): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of connection) parts.push(part as Buffer)
  return Buffer.concat(parts)
}
