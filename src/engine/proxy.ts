import { once } from 'node:events'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { ErrorCode } from '../core/error-codes.ts'
import { MortarError } from '../core/errors.ts'
import { type AcceptTls, createTlsAcceptor } from './accept-tls.ts'
import type { Certificates } from './certificates.ts'
import { type ConnectionSet, createConnectionSet } from './connection-set.ts'
import { type Listener, openListener } from './listener.ts'
import { asOriginForm, originOf, parseProxyHead, type ProxyRequest, withoutProxyLines } from './proxy-request.ts'
import { refuseClient, statusOf } from './proxy-refusal.ts'
import { peek, readHead } from './read-head.ts'
import { loopError, tunnelClient } from './proxy-tunnel.ts'
import { isLoopback } from './upstream-proxy.ts'

/** What becomes of a request to the proxy. */
export type ProxyDecision =
  | {
      /**
       * Speaks the service's side of the connection, decrypted, until it ends. For plain HTTP through absolute-form
       * requests, `origin` is that of the first request; later ones on the connection may name other hosts, so their
       * own absolute URL counts.
       */
      readonly serve: (client: Duplex, origin: string) => Promise<void>
      /** Protocols offered in the TLS handshake, best first. Default `h2`, `http/1.1`. */
      readonly alpn?: readonly string[]
    }
  | { readonly tunnel: true }
  | { readonly refuse: Error }

/** What a forward proxy does with what it is asked. */
export interface ProxyOptions {
  readonly certificates: Certificates
  /**
   * Decides about a connection, purely: it is asked again when the client's first bytes show another scheme than was
   * assumed. A thrown error counts as a refusal.
   */
  readonly route: (request: ProxyRequest) => ProxyDecision
  /** Hears of clients that misbehave or do not trust us, which no test would otherwise explain. */
  readonly onWarning?: (code: ErrorCode, message: string) => void
  /** Default `127.0.0.1`. */
  readonly host?: string
  /** Default 0: a free one. */
  readonly port?: number
  /** Milliseconds a client has for each of: its request's head, its first bytes, its handshake (default 10 000). */
  readonly clientTimeoutMs?: number
  /** Milliseconds a tunnelled destination has to accept the connection (default 30 000). */
  readonly connectTimeoutMs?: number
}

/** An open forward proxy. */
export interface Proxy extends Listener {
  /** Address for `HTTP_PROXY` and `HTTPS_PROXY`: `http://127.0.0.1:40123`. */
  readonly url: string
}

/**
 * Opens a forward proxy: CONNECT, with TLS terminated where a decision serves the host, and absolute-form requests.
 *
 * @throws MortarError `MORTAR_PORT_IN_USE`, `MORTAR_LISTEN_FAILED`
 */
export async function openProxy(options: ProxyOptions): Promise<Proxy> {
  const upstreams = createConnectionSet()
  const full = { ...defaults, ...options }
  const acceptTls = createTlsAcceptor(options.certificates, full.clientTimeoutMs)
  const { host, port } = options
  const listener: Listener = await openListener({
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
    purpose: "Mortar's proxy",
    onConnection: (client) => answer({ ...full, client: client as Socket, upstreams, acceptTls, own: listener }),
  })
  const close = async (): Promise<void> => {
    await Promise.all([listener.close(), upstreams.destroyAll()])
  }
  const name = listener.host.includes(':') ? `[${listener.host}]` : listener.host
  const url = `http://${name}:${listener.port}`
  return { host: listener.host, port: listener.port, url, close, [Symbol.asyncDispose]: close }
}

const defaults = {
  clientTimeoutMs: 10_000,
  connectTimeoutMs: 30_000,
  onWarning: (): void => {},
}

interface Accepted extends ProxyOptions {
  readonly client: Socket
  readonly clientTimeoutMs: number
  readonly connectTimeoutMs: number
  readonly onWarning: (code: ErrorCode, message: string) => void
  readonly upstreams: ConnectionSet
  readonly acceptTls: AcceptTls
  /** The proxy itself, to know when it is asked for itself. */
  readonly own: Listener
}

async function answer(accepted: Accepted): Promise<void> {
  const { client, onWarning } = accepted
  const read = await readHead(client, { timeoutMs: accepted.clientTimeoutMs })
  if (read.type !== 'head') {
    // Browsers and pools open connections ahead of need and close them unused.
    if (read.seen === 0) return void client.destroy()
    const how = read.type === 'ended' ? 'ended before it was whole' : `is ${read.type}`
    return malformed(
      accepted,
      read.type === 'too slow' ? 408 : read.type === 'too large' ? 431 : 400,
      `its head ${how}`,
    )
  }
  const parsed = parseProxyHead(read.head)
  if (typeof parsed === 'string') return malformed(accepted, 400, parsed)
  const { request, connect } = parsed
  const decision = decide(accepted, request)
  if ('refuse' in decision) {
    const loop = MortarError.is(decision.refuse, 'MORTAR_PROXY_LOOP')
    if (loop) onWarning('MORTAR_PROXY_LOOP', decision.refuse.reason)
    return refuseClient(client, loop ? 502 : statusOf(decision.refuse), decision.refuse)
  }
  if (connect && 'tunnel' in decision) return tunnel(accepted, request, established)
  if (connect) {
    client.write(established)
    return serveConnect(accepted, request, decision as Serving)
  }
  const head = withoutProxyLines(read.head)
  client.unshift('tunnel' in decision ? asOriginForm(head) : head)
  if ('tunnel' in decision) return tunnel(accepted, request, '', request.scheme === 'https')
  return decision.serve(client, originOf(request))
}

const established = 'HTTP/1.1 200 Connection established\r\n\r\n'

type Serving = Extract<ProxyDecision, { serve: unknown }>

/** Serves what comes after CONNECT, once its first byte has shown what it is. */
async function serveConnect(accepted: Accepted, assumed: ProxyRequest, decision: Serving): Promise<void> {
  const { client, clientTimeoutMs: timeoutMs, onWarning } = accepted
  const first = await peek(client, timeoutMs)
  if (!first) {
    const silent = `A client sent nothing for ${timeoutMs} ms after CONNECT ${assumed.host}:${assumed.port}.`
    if (!client.readableEnded && !client.destroyed) onWarning('MORTAR_PROXY_REQUEST', silent)
    return void client.destroy()
  }
  const scheme = schemeOf(first)
  if (scheme === 'https') return serveSecured(accepted, assumed, decision)
  const request = { ...assumed, scheme }
  const actual = scheme === assumed.scheme ? decision : decide(accepted, request)
  if ('serve' in actual) return actual.serve(client, originOf(request))
  if ('tunnel' in actual) return tunnel(accepted, request)
  if (scheme === 'http') refuseClient(client, statusOf(actual.refuse), actual.refuse)
  else client.destroy()
}

async function serveSecured(accepted: Accepted, request: ProxyRequest, decision: Serving): Promise<void> {
  const { client, acceptTls, onWarning } = accepted
  const { host } = request
  let secured: Duplex
  try {
    secured = await acceptTls(client, { host, alpn: decision.alpn ?? ['h2', 'http/1.1'] })
  } catch (error) {
    // OpenSSL's message is full of addresses; its reason is not: `tlsv1 alert unknown ca`.
    const { reason, message } = error as Error & { reason?: string }
    return onWarning('MORTAR_CLIENT_TLS', `The TLS handshake of a client for ${host} failed: ${reason ?? message}.`)
  }
  await decision.serve(secured, originOf({ ...request, scheme: 'https' }))
  // Only when the TLS layer has said goodbye may the connection below it end.
  if (!secured.writableEnded) secured.end()
  if (!secured.closed) await once(secured, 'close')
}

/** A TLS record of type handshake; the letters of a method; anything else. */
function schemeOf(first: Buffer): ProxyRequest['scheme'] {
  if (first[0] === 0x16) return 'https'
  return /^[A-Z]{1,20}(?:[ -]|$)/.test(first.toString('latin1', 0, 21)) ? 'http' : 'tcp'
}

function tunnel(accepted: Accepted, request: ProxyRequest, greeting = '', encrypt = false): Promise<void> {
  const { client, upstreams, connectTimeoutMs: timeoutMs, own } = accepted
  return tunnelClient({ client, request, greeting, encrypt, timeoutMs, upstreams, ownPort: own.port })
}

function decide({ route, own }: Accepted, request: ProxyRequest): ProxyDecision {
  const { host, port } = request
  if (port === own.port && (isLoopback(host) || host === own.host || host === '0.0.0.0' || host === '::'))
    return { refuse: loopError(request) }
  try {
    return route(request)
  } catch (error) {
    return { refuse: error as Error }
  }
}

function malformed({ client, onWarning }: Accepted, status: number, problem: string): void {
  const message = `A client sent the proxy a request it cannot use: ${problem}.`
  onWarning('MORTAR_PROXY_REQUEST', message)
  refuseClient(client, status, new MortarError('MORTAR_PROXY_REQUEST', message))
}
