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
  const servers = new Map<string, Promise<HostServer>>()
  const waiting = new Map<string, PromiseWithResolvers<TLSSocket>>()

  const open = async ({ host, alpn }: TlsIdentity): Promise<HostServer> => {
    const server = tls.createServer({
      ...(await certificates.leaf(host)),
      ALPNProtocols: [...alpn],
      handshakeTimeout: timeoutMs,
      SNICallback: (name, done) => {
        if (name.toLowerCase() === host) return done(null)
        certificates.context(name).then(done.bind(undefined, null), done)
      },
    })
    const opened: HostServer = { server, lastAlert: undefined }
    server.on('secureConnection', (secured) => waiting.get(nameOf(secured))?.resolve(secured))
    server.on('tlsClientError', (error: NodeJS.ErrnoException, secured) => {
      const handshake = waiting.get(nameOf(secured))
      if (handshake) handshake.reject(error)
      // The client has gone and its address with it; the close that follows gets this as its reason.
      else if (error.code?.startsWith('ERR_SSL_')) opened.lastAlert = error
    })
    return opened
  }

  return async (client, identity) => {
    const key = `${identity.host} ${identity.alpn.join()}`
    const opening = servers.get(key) ?? open(identity)
    servers.set(key, opening)
    opening.catch(() => servers.delete(key))
    const opened = await opening
    if (client.destroyed) throw closedError()
    const name = nameOf(client)
    const handshake = Promise.withResolvers<TLSSocket>()
    const closed = (): void => {
      handshake.reject(opened.lastAlert ?? closedError())
      opened.lastAlert = undefined
    }
    waiting.set(name, handshake)
    client.once('close', closed)
    try {
      opened.server.emit('connection', client)
      const secured = await handshake.promise
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

/** One server per host, never listening: it holds the context and the keys of the session tickets. */
interface HostServer {
  readonly server: tls.Server
  lastAlert: Error | undefined
}

/** No two connections to one port have the same other end. */
function nameOf({ remoteAddress, remotePort, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localPort}`
}

function closedError(): Error {
  return Object.assign(new Error('the client closed the connection'), { code: 'ECONNRESET' })
}
