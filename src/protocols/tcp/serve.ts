import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { asAsker, failClient, type LocalConnection } from '../../core/asker.ts'
import { type Channel, channel } from '../../core/channel.ts'
import type { Peer } from '../../core/peer.ts'
import type { Place } from '../../core/protocol.ts'
import type { TcpQuestion, TcpReply } from './message.ts'
import { realSetTimeout } from '../../core/real-clock.ts'

// With this many unread chunks the client is told to wait.
const maxWaiting = 16
// A service that was told that its client has finished gets this long to finish too.
const lingerMs = 1000

/** Serves one connection: what the client sends is the question's `incoming`, what the peer yields goes to the client. */
export function serveTcp(client: Duplex, peer: Peer<TcpQuestion, TcpReply>, place: Place): Promise<void> {
  const closed = Promise.withResolvers<void>()
  const gone = new AbortController()
  const stop = (): void => void client.destroy()
  place.signal.addEventListener('abort', stop)
  const incoming = receive(client)
  client.on('error', () => {})
  client.once('close', () => {
    place.signal.removeEventListener('abort', stop)
    incoming.end()
    if (client.readableEnded) realSetTimeout(() => gone.abort(), lingerMs).unref()
    else gone.abort()
    closed.resolve()
  })
  if (place.signal.aborted) stop()
  asAsker(client, () => void answer(client, { origin: place.origin, incoming }, peer, gone.signal))
  return closed.promise
}

function receive(client: Duplex): Channel<TcpReply> {
  const incoming = channel<TcpReply>({ drained: () => void client.resume() })
  client.on('data', (bytes: Uint8Array) => {
    incoming.push({ type: 'data', bytes })
    if (incoming.waiting >= maxWaiting) client.pause()
  })
  client.on('end', () => {
    incoming.push({ type: 'end' })
    incoming.end()
  })
  return incoming
}

async function answer(
  client: Duplex,
  question: TcpQuestion,
  peer: Peer<TcpQuestion, TcpReply>,
  gone: AbortSignal,
): Promise<void> {
  try {
    for await (const reply of peer(question, gone)) {
      if (reply.type === 'failure') return fail(client, reply)
      if (reply.type === 'end') client.end()
      else if (!client.destroyed && !client.write(reply.bytes)) await drained(client, gone)
    }
    client.end()
    // Nobody is left to read what the client may still say, but it must be able to say it and leave.
    client.resume()
  } catch (error) {
    if (!gone.aborted) refuse(client, error as Error)
  }
}

async function drained(client: Duplex, signal: AbortSignal): Promise<void> {
  await once(client, 'drain', { signal }).catch(() => {})
}

function fail(client: Duplex, reply: Extract<TcpReply, { type: 'failure' }>): void {
  // Silence is what there was; the client leaves when it has had enough.
  if (reply.failure === 'timeout') return
  const socket = client as Duplex & { resetAndDestroy?: () => void }
  try {
    if (reply.failure === 'reset' && socket.resetAndDestroy) return socket.resetAndDestroy()
  } catch {
    // A TLS connection has no RST of its own to send.
  }
  client.destroy(Object.assign(new Error(reply.message), { code: 'ECONNRESET' }))
}

function refuse(client: Duplex, error: Error): void {
  const failLocal = (client as LocalConnection)[failClient]
  if (failLocal) failLocal(error)
  else client.destroy(error)
}
