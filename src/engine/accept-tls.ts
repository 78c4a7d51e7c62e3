import { type SecureContext, TLSSocket } from 'node:tls'
import type { Duplex } from 'node:stream'
import type { Certificates } from './certificates.ts'

/** Who is impersonated, and how long the client may take. */
export interface AcceptTlsOptions {
  /** The host the client asked for; a name in its handshake has precedence. */
  readonly host: string
  /** Protocols the server speaks, best first. */
  readonly alpn: readonly string[]
  readonly timeoutMs: number
}

/**
 * Speaks the server's side of a TLS handshake on `client`, whose first bytes may already have been put back into it.
 *
 * @throws What OpenSSL or the socket reports; `ETIMEDOUT` when the handshake takes too long.
 */
export async function acceptTls(
  client: Duplex,
  certificates: Certificates,
  { host, alpn, timeoutMs }: AcceptTlsOptions,
): Promise<TLSSocket> {
  const secureContext = await certificates.context(host)
  const secured = new TLSSocket(client, {
    isServer: true,
    secureContext,
    ALPNProtocols: [...alpn],
    SNICallback: (name, done) => choose(name, host, secureContext, certificates, done),
  })
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      done(Object.assign(new Error('the client did not finish the TLS handshake in time'), { code: 'ETIMEDOUT' }))
    }, timeoutMs)
    const done = (error?: Error): void => {
      clearTimeout(timer)
      secured.off('secure', succeeded).off('close', closed).off('_tlsError', done).off('error', done)
      secured.on('error', () => {})
      if (!error) return resolve(secured)
      secured.destroy()
      client.destroy()
      reject(error)
    }
    const succeeded = (): void => done()
    const closed = (): void => {
      done(
        Object.assign(new Error('the client closed the connection during the TLS handshake'), { code: 'ECONNRESET' }),
      )
    }
    // `secure` and `_tlsError` are what node's own tls.Server listens to.
    secured.on('secure', succeeded).on('close', closed).on('_tlsError', done).on('error', done)
  })
}

function choose(
  name: string,
  host: string,
  ready: SecureContext,
  certificates: Certificates,
  done: (error: Error | null, context?: SecureContext) => void,
): void {
  if (!name || name.toLowerCase() === host) return done(null, ready)
  certificates.context(name).then((context) => done(null, context), done)
}
