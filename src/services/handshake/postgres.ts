import { requestTls } from '../../protocols/postgres/greet.ts'
import type { Greeting, Handshake } from './greet.ts'

/** Protocol 3.0 up to ReadyForQuery. @see PostgreSQL manual, "Message Formats" */
export function postgresHandshake(user: string, database: string): Handshake<Greeting> {
  return {
    opening: startup({ user, database, application_name: 'mortar' }),
    read,
    async requestTls(server) {
      // The connection goes on in TLS by itself.
      await requestTls(server, (same) => Promise.resolve(same))
      return undefined
    },
  }
}

function startup(parameters: Readonly<Record<string, string>>): Buffer {
  const pairs = Object.entries(parameters).map(([name, value]) => `${name}\0${value}\0`)
  const body = Buffer.from(`${pairs.join('')}\0`)
  const head = Buffer.alloc(8)
  head.writeInt32BE(body.length + 8, 0)
  head.writeInt32BE(196_608, 4)
  return Buffer.concat([head, body])
}

function read(received: Buffer): Greeting | undefined {
  let version: string | undefined
  for (let at = 0; received.length >= at + 5;) {
    const type = String.fromCharCode(received[at]!)
    const end = at + 1 + received.readInt32BE(at + 1)
    if (!'RSKZEN'.includes(type) || end < at + 5 || end > at + 100_000) throw new Error('it does not speak PostgreSQL')
    if (received.length < end) return undefined
    const body = received.subarray(at + 5, end)
    if (type === 'E') return readError(body)
    if (type === 'R' && body.readInt32BE(0) !== 0) return { refused: 'it asks for a password' }
    const [name, value = ''] = body.toString().split('\0')
    if (type === 'S' && name === 'server_version') version = value.split(' ')[0]
    if (type === 'Z') return version === undefined ? {} : { version }
    at = end
  }
  return undefined
}

function readError(body: Buffer): Greeting {
  const fields = body.toString().split('\0')
  const field = (code: string): string => fields.find((text) => text.startsWith(code))?.slice(1) ?? ''
  // Starting up, shutting down, in recovery: it is there, but takes no questions yet.
  if (field('C').startsWith('57P')) throw new Error(field('M'))
  return { refused: field('M') }
}
