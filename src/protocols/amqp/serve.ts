import type { Duplex } from 'node:stream'
import { anyText } from '../../core/any-value.ts'
import type { AskedClock } from '../../core/asked-clock.ts'
import type { Peer } from '../../core/peer.ts'
import type { Place } from '../../core/protocol.ts'
import { Assembler } from './assembler.ts'
import { encodeFrame, encodeMethod } from './encode.ts'
import type { AmqpQuestion, AmqpReply } from './message.ts'
import { type AmqpFrame, AmqpScanner } from './scanner.ts'
import { ServedConnection } from './served-connection.ts'
import { frameTypes, protocolHeader } from './types.ts'

const capabilities = {
  publisher_confirms: true,
  exchange_exchange_bindings: true,
  'basic.nack': true,
  consumer_cancel_notify: true,
  'connection.blocked': true,
  consumer_priorities: true,
  authentication_failure_close: true,
  per_consumer_qos: true,
  direct_reply_to: true,
}
const greeting = encodeMethod(0, 'connection.start', {
  versionMajor: 0,
  versionMinor: 9,
  serverProperties: { product: 'RabbitMQ', version: '3.10.0', capabilities },
  mechanisms: 'PLAIN AMQPLAIN',
  locales: 'en_US',
})
const limits = { channelMax: 2047, frameMax: 131_072, heartbeat: 0 }
const answers: Readonly<Record<string, () => Buffer>> = {
  'connection.start-ok': () => encodeMethod(0, 'connection.tune', limits),
  'connection.open': () => encodeMethod(0, 'connection.open-ok'),
  'connection.update-secret': () => encodeMethod(0, 'connection.update-secret-ok'),
  'connection.close': () => encodeMethod(0, 'connection.close-ok'),
}

/**
 * Speaks the broker's side without a broker, as replay does: everybody is let in and may open channels, and `peer` is
 * asked for everything else at once. Does not reject.
 */
export function serveAmqp(
  client: Duplex,
  peer: Peer<AmqpQuestion, AmqpReply>,
  place: Place,
  clock: AskedClock,
): Promise<void> {
  const gone = new AbortController()
  const everything = Number.POSITIVE_INFINITY
  const scanner = new AmqpScanner(everything)
  // Only to know methods of the connection; the rest is followed by the session.
  const assembler = new Assembler(0)
  const connection = new ServedConnection({ client, peer, clock, signal: gone.signal })
  const stop = (): void => void client.destroy()
  place.signal.addEventListener('abort', stop)
  client.on('error', () => {})

  function greet({ payload }: AmqpFrame): void {
    if (payload.equals(protocolHeader)) connection.write(greeting)
    else client.end(protocolHeader)
  }

  function take(frame: AmqpFrame): void {
    if (frame.type === 0) return greet(frame)
    // A client that wants to hear that we are there says as often that it is.
    if (frame.type === frameTypes.heartbeat) {
      return connection.write(encodeFrame(frameTypes.heartbeat, 0, Buffer.alloc(0)))
    }
    const unit = assembler.take(frame)
    if (!unit) return
    const { name, channel } = unit
    const answer = answers[name]?.()
    if (answer) connection.write(answer)
    if (name === 'channel.open' || name === 'channel.close') connection.write(encodeMethod(channel, `${name}-ok`))
    if (name === 'connection.close' || name === 'connection.close-ok') client.end()
  }

  client.on('data', (chunk: Buffer) => {
    try {
      let at = 0
      for (let scanned = scanner.next(chunk, 0); scanned; scanned = scanner.next(chunk, scanned.end)) {
        // First followed, then answered.
        connection.take(chunk.subarray(at, scanned.end))
        at = scanned.end
        take(scanned.frame)
      }
      connection.take(chunk.subarray(at))
    } catch (error) {
      client.removeAllListeners('data').resume()
      const text = error instanceof Error ? error.message : anyText(error)
      client.end(encodeMethod(0, 'connection.close', { code: 501, text: `FRAME_ERROR - ${text}` }))
    }
  })
  client.on('end', () => void client.end())
  if (place.signal.aborted) stop()
  return new Promise((resolve) => {
    client.once('close', () => {
      place.signal.removeEventListener('abort', stop)
      gone.abort()
      connection.end()
      resolve()
    })
    if (client.destroyed) client.emit('close')
  })
}
