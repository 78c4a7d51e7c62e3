import type { Duplex } from 'node:stream'
import type { Disturbance } from '../../core/fault.ts'
import { resetConnection } from '../../core/duplex-lane.ts'
import { pause } from '../../core/real-clock.ts'
import type { WireName } from '../../protocols/wires.ts'

// A client that does not go by itself is not waited for any longer.
const patienceMs = 2000

/** What servers say first that have no room for another client, and close. */
const said: Readonly<Partial<Record<string, string>>> = {
  redis: '-ERR max number of clients reached\r\n',
}

/** What refuses a client when it logs in, for protocols in which the client speaks first. */
export function refusalOf(protocol: WireName | undefined): Disturbance | undefined {
  if (protocol !== 'postgres') return undefined
  return { do: 'refuse', error: { code: '53300', message: 'sorry, too many clients already', fatal: true } }
}

/** Refuses a connection as a server does that has no room for it; with a reset where its protocol has no words for it. */
export async function refuseConnection(client: Duplex, protocol: WireName | undefined): Promise<void> {
  const words = protocol && said[protocol]
  if (words === undefined) return resetConnection(client)
  const closed = new AbortController()
  client.once('close', () => closed.abort())
  client.on('error', () => {}).resume()
  client.end(words)
  await pause(patienceMs, closed.signal)
  client.destroy()
}
