import { type Duplex, duplexPair } from 'node:stream'
import { text } from 'node:stream/consumers'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { spokenIn } from '../core/spoken-in.ts'
import type { ClientFirst } from '../core/wire.ts'
import { greetClient } from './client-door.ts'

const never = new AbortController().signal

function met(first: Partial<ClientFirst> = {}): {
  readonly client: Duplex
  readonly greeted: Promise<Duplex | undefined>
  readonly strange: string[]
} {
  const [client, near] = duplexPair()
  const strange: string[] = []
  const all = { speaks: 'Redis', turnAway: (spoken: string) => Buffer.from(`not ${spoken}`), ...first }
  return { client, strange, greeted: greetClient(near, all, { strange: (spoken) => strange.push(spoken) }, never) }
}

it.each([
  ['GET / HTTP/1.1\r\nHost: a\r\n\r\n', 'HTTP'],
  ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'HTTP'],
  ['SSH-2.0-OpenSSH_9.2\r\n', 'SSH'],
  ['AMQP\0\0\t\u0001', 'AMQP'],
  ['\u0016\u0003\u0001\u0002\0', 'TLS'],
  ['CONNECT {"verbose":false}\r\n', 'NATS'],
  ['\u0010\u000c\0\u0004MQTT\u0004\u0002', 'MQTT'],
  ['\0\0\0\u0008\u0004\u00d2\u0016\u002f', 'PostgreSQL'],
])('a client that speaks something else is told so and turned away: %j', async (bytes, spoken) => {
  const { client, greeted, strange } = met()
  client.write(Buffer.from(bytes, 'latin1'))
  expect(await text(client)).toBe(`not ${spoken}`)
  expect(await greeted).toBeUndefined()
  expect(strange).toEqual([spoken])
})

it.each(['*1\r\n$4\r\nPING\r\n', 'PING\r\n', 'GET key\r\n'])('a client of the protocol goes on: %j', async (bytes) => {
  const { client, greeted, strange } = met()
  client.end(bytes)
  expect(await text((await greeted)!)).toBe(bytes)
  expect(strange).toEqual([])
})

it('a client that must speak and does not is turned away', async () => {
  const { client, greeted, strange } = met({ withinMs: 20 })
  client.on('error', () => {})
  expect(await greeted).toBeUndefined()
  expect(strange).toEqual(['nothing'])
})

it('whatever comes first can be looked at', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => void spokenIn(Buffer.from(bytes))))
})
