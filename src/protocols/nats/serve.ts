import type { Duplex } from 'node:stream'
import { anyText } from '../../core/any-value.ts'
import type { AskedClock } from '../../core/asked-clock.ts'
import type { Peer } from '../../core/peer.ts'
import type { Place } from '../../core/protocol.ts'
import { errorLine } from './encode.ts'
import type { NatsQuestion, NatsReply } from './message.ts'
import { NatsScanner } from './scanner.ts'
import { ServedConnection } from './served-connection.ts'

let clients = 0

/**
 * Speaks the server's side without a server, as replay does: everybody is let in, and `peer` is asked for each message
 * and subscription at once. Does not reject.
 */
export function serveNats(
  client: Duplex,
  peer: Peer<NatsQuestion, NatsReply>,
  place: Place,
  clock: AskedClock,
): Promise<void> {
  const gone = new AbortController()
  const scanner = new NatsScanner(Number.POSITIVE_INFINITY)
  const connection = new ServedConnection({ client, peer, clock, signal: gone.signal })
  const stop = (): void => void client.destroy()
  place.signal.addEventListener('abort', stop)
  client.on('error', () => {})
  const info = {
    server_id: 'MORTAR',
    server_name: 'mortar',
    version: '2.10.0',
    proto: 1,
    headers: true,
    max_payload: 64 * 1024 * 1024,
    jetstream: true,
    client_id: ++clients,
  }
  client.write(`INFO ${JSON.stringify(info)}\r\n`)
  client.on('data', (chunk: Buffer) => {
    try {
      for (let scanned = scanner.next(chunk, 0); scanned; scanned = scanner.next(chunk, scanned.end))
        connection.take(scanned.frame)
    } catch (error) {
      client.removeAllListeners('data').resume()
      const reason = error instanceof RangeError ? 'Unknown Protocol Operation' : anyText(error)
      client.end(errorLine(reason))
    }
  })
  client.on('end', () => void client.end())
  if (place.signal.aborted) stop()
  return new Promise((resolve) => {
    client.once('close', () => {
      place.signal.removeEventListener('abort', stop)
      gone.abort()
      resolve()
    })
    if (client.destroyed) client.emit('close')
  })
}
