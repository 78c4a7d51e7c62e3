import type { Duplex } from 'node:stream'
import type { Peer } from '../../core/peer.ts'
import type { Place } from '../../core/protocol.ts'
import type { Serving } from './answer.ts'
import type { HttpQuestion, HttpReply } from './message.ts'
import { createHttp1Server } from './serve-http1.ts'

/** Serves HTTP/1.1 or HTTP/2 on a connection, whichever the client speaks. */
export type Serve = (client: Duplex, peer: Peer<HttpQuestion, HttpReply>, place: Place) => Promise<void>

/** Makes the service's side of HTTP. One of these may serve any number of connections. */
export function createServe(): Serve {
  const http1 = createHttp1Server()
  let http2: Promise<(serving: Serving) => void> | undefined

  return (client, peer, place) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const stop = (): void => void client.destroy()
    // Whoever holds the other end hears of the error; here it only means that the client is gone.
    client.on('error', () => {})
    client.once('close', () => {
      place.signal.removeEventListener('abort', stop)
      resolve()
    })
    place.signal.addEventListener('abort', stop)
    if (client.destroyed || place.signal.aborted) {
      stop()
      resolve()
      return promise
    }
    const serving: Serving = { client, peer, place }
    speaks2(client, (yes) => {
      if (yes) {
        http2 ??= import('./serve-http2.ts').then(({ createHttp2Server }) => createHttp2Server())
        void http2.then((serve) => {
          if (!client.destroyed) serve(serving)
        })
      } else http1(serving)
    })
    return promise
  }
}

/** Finds out which version the client speaks: by ALPN, else by the first three bytes, `PRI` being no method. */
function speaks2(client: Duplex, decide: (yes: boolean) => void): void {
  const { alpnProtocol } = client as Duplex & { alpnProtocol?: string | false | null }
  if (alpnProtocol === 'h2') return decide(true)
  if (alpnProtocol === 'http/1.1' || alpnProtocol === 'http/1.0') return decide(false)
  let seen: Buffer = Buffer.alloc(0)
  const look = (): void => {
    const chunk = client.read() as Buffer | null
    if (chunk === null) return
    seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk])
    if (seen.length < 3 && 'PRI'.startsWith(seen.toString('latin1'))) return
    settle()
  }
  const settle = (): void => {
    client.off('readable', look).off('end', settle)
    if (seen.length > 0) client.unshift(seen)
    decide(seen.length > 2 && seen.toString('latin1', 0, 3) === 'PRI')
  }
  client.on('readable', look).on('end', settle)
}
