import type { Duplex } from 'node:stream'
import { resetConnection } from '../../core/duplex-lane.ts'
import type { Disturbance, ServiceError } from '../../core/fault.ts'
import { pause } from '../../core/real-clock.ts'

// A client that does not go by itself is not waited for any longer.
const patienceMs = 2000

// Clients of NATS speak only when they have been told whom they talk to.
const natsGreeting = '{"server_id":"FULL","server_name":"FULL","version":"2.9.0","proto":1,"max_payload":1048576}'

/** What servers that have no room for another client say to it before they close. */
const greetings: Readonly<Partial<Record<string, string>>> = {
  redis: '-ERR max number of clients reached\r\n',
  nats: `INFO ${natsGreeting} \r\n-ERR 'maximum connections exceeded'\r\n`,
}

/** Those that must hear the client first, and answer its login by an error of their own. */
const loginFirst = new Set<string | undefined>(['postgres', 'mysql'])

const tooMany: ServiceError = { code: '53300', message: 'sorry, too many clients already', fatal: true }

/** What refuses the login of a client; `undefined` where {@link refuseConnection} does it. */
export function refusedLogin(protocol: string | undefined): Disturbance | undefined {
  return loginFirst.has(protocol) ? { do: 'refuse', error: tooMany } : undefined
}

/** Refuses a connection as a server does that has no room for it; by a reset, where its protocol has no words for it. */
export async function refuseConnection(client: Duplex, protocol: string | undefined): Promise<void> {
  const words = protocol === undefined ? undefined : greetings[protocol]
  if (words === undefined) return resetConnection(client)
  const closed = new AbortController()
  client.once('close', () => closed.abort())
  client.on('error', () => {}).resume()
  client.end(words)
  await pause(patienceMs, closed.signal)
  client.destroy()
}
