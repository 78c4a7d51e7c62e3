import type { Socket } from 'node:net'
import tls, { type TLSSocket } from 'node:tls'
import type { Certificates } from './certificates.ts'

/** Who is impersonated. */
export interface TlsIdentity {
  /** The host the client asked for; a name in its handshake has precedence. */
  readonly host: string
  /** Protocols the server speaks, best first. */
  readonly alpn: readonly string[]
}

/**
 * Speaks the server's side of a TLS handshake, on a connection whose first bytes may already have been put back.
 *
 * @throws What OpenSSL or the socket reports; `ERR_TLS_HANDSHAKE_TIMEOUT`; `ECONNRESET` when the client closes.
 */
export type AcceptTls = (client: Socket, identity: TlsIdentity) => Promise<TLSSocket>

/** Makes a way to accept TLS with certificates of the test authority. Each handshake may take `timeoutMs`. */
export function createTlsAcceptor(certificates: Certificates, timeoutMs: number): AcceptTls {
  // One server per host, never listening: it holds the context and the keys of the session tickets.
  const servers = new Map<string, Promise<tls.Server>>()
  const waiting = new Map<string, { resolve: (secured: TLSSocket) => void; reject: (error: Error) => void }>()

  const open = async ({ host, alpn }: TlsIdentity): Promise<tls.Server> => {
    const server = tls.createServer({
      ...(await certificates.leaf(host)),
      ALPNProtocols: [...alpn],
      handshakeTimeout: timeoutMs,
      SNICallback: (name, done) => {
        if (name.toLowerCase() === host) return done(null)
        certificates.context(name).then(done.bind(undefined, null), done)
      },
    })
    return server
      .on('secureConnection', (secured) => waiting.get(nameOf(secured))?.resolve(secured))
      .on('tlsClientError', (error, secured) => waiting.get(nameOf(secured))?.reject(error))
  }

  return async (client, identity) => {
    const key = `${identity.host} ${identity.alpn.join()}`
    const server = servers.get(key) ?? open(identity)
    servers.set(key, server)
    server.catch(() => servers.delete(key))
    const ready = await server
    if (client.destroyed) throw closedError()
    const name = nameOf(client)
    const closed = (): void => waiting.get(name)?.reject(closedError())
    const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>()
    waiting.set(name, { resolve, reject })
    client.once('close', closed)
    try {
      ready.emit('connection', client)
      const secured = await promise
      return secured.on('error', () => {})
    } catch (error) {
      client.destroy()
      throw error
    } finally {
      client.off('close', closed)
      waiting.delete(name)
    }
  }
}

/** No two connections to one port have the same other end. */
function nameOf({ remoteAddress, remotePort, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localPort}`
}

function closedError(): Error {
  return Object.assign(new Error('the client closed the connection'), { code: 'ECONNRESET' })
}
