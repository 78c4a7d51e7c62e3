import type { Duplex } from 'node:stream'
import type { Peer } from '../../core/peer.ts'
import type { Place } from '../../core/protocol.ts'
import { message, readyForQuery } from './encode.ts'
import { greet, type Greeting } from './greet.ts'
import type { PostgresQuestion, PostgresReply } from './message.ts'
import type { ServedMemory } from './served-memory.ts'
import { ServedSession } from './served-session.ts'
import { fromServer } from './types.ts'

/** What clients are told of the server before they ask. */
const settings: Readonly<Record<string, string>> = {
  server_version: '15.0',
  server_encoding: 'UTF8',
  client_encoding: 'UTF8',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  TimeZone: 'Etc/UTC',
  integer_datetimes: 'on',
  is_superuser: 'on',
  standard_conforming_strings: 'on',
  default_transaction_read_only: 'off',
  in_hot_standby: 'off',
}

let processes = 0

/**
 * Speaks the server's side without a server, as replay does: everybody is let in, and `peer` is asked for each
 * statement at once. What only prepares is answered here. Does not reject.
 */
export async function servePostgres(
  client: Duplex,
  peer: Peer<PostgresQuestion, PostgresReply>,
  place: Place,
  memory: ServedMemory,
): Promise<void> {
  const stop = (): void => void client.destroy()
  client.on('error', () => {})
  place.signal.addEventListener('abort', stop)
  if (place.signal.aborted) stop()
  try {
    const greeting = await greet(client, place)
    if (greeting.kind === 'startup') await serveSession(greeting, peer, place, memory)
    // What is recorded is never slow enough to be cancelled.
    else if (greeting.kind === 'cancel') client.end()
    else client.resume()
  } catch {
    client.destroy()
  } finally {
    place.signal.removeEventListener('abort', stop)
  }
}

async function serveSession(
  { client, parameters }: Greeting & { kind: 'startup' },
  peer: Peer<PostgresQuestion, PostgresReply>,
  { origin }: Place,
  memory: ServedMemory,
): Promise<void> {
  const user = parameters.get('user') ?? ''
  const told = {
    ...settings,
    session_authorization: user,
    application_name: parameters.get('application_name') ?? '',
  }
  const key = Buffer.alloc(8)
  key.writeInt32BE(++processes, 0)
  client.write(
    Buffer.concat([
      message(fromServer.authentication, Buffer.alloc(4)),
      ...Object.entries(told).map(([name, value]) => message(fromServer.parameterStatus, name, value)),
      message(fromServer.backendKey, key),
      readyForQuery('I'),
    ]),
  )
  const session = new ServedSession({
    client,
    peer,
    memory,
    origin,
    user,
    database: parameters.get('database') ?? user,
  })
  await session.serve()
}
