import type { Duplex } from 'node:stream'
import type { AskedClock } from '../../core/asked-clock.ts'
import type { Peer } from '../../core/peer.ts'
import type { Place } from '../../core/protocol.ts'
import type { MqttQuestion, MqttReply } from './message.ts'
import { MqttScanner } from './scanner.ts'
import { ServedConnection } from './served-connection.ts'

/**
 * Speaks the broker's side without a broker, as replay does: everybody is let in, and `peer` is asked for each message
 * and subscription at once. What cannot be understood ends the connection. Does not reject.
 */
export function serveMqtt(
  client: Duplex,
  peer: Peer<MqttQuestion, MqttReply>,
  place: Place,
  clock: AskedClock,
): Promise<void> {
  const gone = new AbortController()
  const scanner = new MqttScanner(Number.POSITIVE_INFINITY)
  const connection = new ServedConnection({ client, peer, clock, signal: gone.signal })
  const stop = (): void => void client.destroy()
  place.signal.addEventListener('abort', stop)
  client.on('error', () => {})
  client.on('data', (chunk: Buffer) => {
    try {
      for (let scanned = scanner.next(chunk, 0); scanned; scanned = scanner.next(chunk, scanned.end))
        connection.take(scanned.frame)
    } catch {
      client.removeAllListeners('data').resume()
      client.end()
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
