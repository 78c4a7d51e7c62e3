import net, { type Socket } from 'node:net'
import { hold } from './background.ts'
import { originals } from './originals.ts'
import { readHead } from './read-head.ts'
import { type ClientTls, clientContext } from './client-tls.ts'
import { upstreamProxies, upstreamProxyFor, type UpstreamProxies } from './upstream-proxy.ts'
import { realClearTimeout, realSetTimeout } from '../core/real-clock.ts'

/** Where to connect and how. */
export interface ConnectionOptions {
  /** Name or address, IPv6 without brackets. */
  readonly host: string
  readonly port: number
  /** Left out: the connection is not encrypted. */
  readonly tls?: ClientTls
  /** Milliseconds until the connection, with its TLS handshake, must be there. */
  readonly timeoutMs: number
  readonly signal: AbortSignal
  /** Which of the user's proxies applies. Default: `https` with `tls`, else `tcp`, which is always direct. */
  readonly scheme?: 'http' | 'https' | 'tcp'
  /** Keep our side open when the other side ends (default false). */
  readonly allowHalfOpen?: boolean
  /** Default: those of the environment when this module was loaded. */
  readonly proxies?: UpstreamProxies
}

const userProxies = upstreamProxies(process.env)

/**
 * Opens a connection to the outside, past any in-process door, through the user's own proxy where one applies. The
 * only place that does. With `tls`, the result is a `tls.TLSSocket` after its handshake.
 *
 * @throws Node's errors with their codes (`ENOTFOUND`, `ECONNREFUSED`, `ECONNRESET`, `CERT_HAS_EXPIRED` …);
 * `ETIMEDOUT` after `timeoutMs`; `ERR_PROXY_TUNNEL` when the user's proxy says no; the signal's reason.
 */
export function openConnection(options: ConnectionOptions): Promise<Socket> {
  const { host, port, timeoutMs, signal } = options
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error)
    let current: Socket | undefined
    const settle = (): void => {
      realClearTimeout(timer)
      signal.removeEventListener('abort', aborted)
    }
    const fail = (error: Error): void => {
      settle()
      current?.destroy()
      reject(withMessage(error))
    }
    const aborted = (): void => fail(signal.reason as Error)
    const timer = realSetTimeout(() => fail(timeoutError(host, port)), timeoutMs)
    signal.addEventListener('abort', aborted, { once: true })
    const watch = (socket: Socket): Socket => {
      // Stays when the connection is handed over: an error nobody listens to would end the process.
      socket.on('error', ignore)
      current = socket
      return socket
    }
    open(options, watch).then((socket) => {
      settle()
      resolve(socket)
    }, fail)
  })
}

/**
 * Goes on in TLS on a connection that began in the clear.
 *
 * @throws Node's errors with their codes (`CERT_HAS_EXPIRED` …).
 */
export function upgradeConnection(plain: Socket, tls: ClientTls): Promise<Socket> {
  return secure(plain, tls, (socket) => socket.on('error', ignore))
}

type Watch = (socket: Socket) => Socket

async function open(options: ConnectionOptions, watch: Watch): Promise<Socket> {
  const { host, port, tls, scheme = tls ? 'https' : 'tcp', proxies = userProxies } = options
  const proxy = upstreamProxyFor(proxies, scheme, host, port)
  const plain = proxy ? await openThrough(proxy, options, watch) : await openPlain(host, port, options, watch)
  return tls ? await secure(plain, tls, watch) : plain
}

async function openPlain(host: string, port: number, options: ConnectionOptions, watch: Watch): Promise<Socket> {
  const socket = watch(new net.Socket({ allowHalfOpen: options.allowHalfOpen ?? false }))
  hold(socket)
  socket.setNoDelay(true).setKeepAlive(true)
  // `net.connect` would go through whatever has replaced the prototype's `connect` meanwhile.
  Reflect.apply(originals.socketConnect, socket, [{ host, port }])
  await ready(socket, 'connect')
  return socket
}

async function secure(below: Socket, options: ClientTls, watch: Watch): Promise<Socket> {
  const socket = originals.tlsConnect({
    socket: below,
    servername: net.isIP(options.servername) ? '' : options.servername,
    ALPNProtocols: [...options.alpn],
    // As node itself would for the client.
    rejectUnauthorized: options.rejectUnauthorized ?? process.env['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0',
    // For an address, the certificate is checked against `host`, since no name may be sent.
    host: options.servername,
    secureContext: clientContext(options),
    ...(options.anyName && { checkServerIdentity: () => undefined }),
  })
  await ready(watch(socket), 'secureConnect')
  return socket
}

async function openThrough(proxy: URL, options: ConnectionOptions, watch: Watch): Promise<Socket> {
  const { host, port, timeoutMs } = options
  const name = proxy.hostname.replace(/^\[|\]$/g, '')
  const encrypted = proxy.protocol === 'https:'
  const through = ` through the proxy ${proxy.host}`
  if (!encrypted && proxy.protocol !== 'http:')
    throw coded('ERR_PROXY_TUNNEL', `cannot connect${through}: ${proxy.protocol}// proxies are not supported`)
  const plain = await openPlain(name, Number(proxy.port) || (encrypted ? 443 : 80), options, watch)
  const socket = encrypted ? await secure(plain, { servername: name, alpn: ['http/1.1'] }, watch) : plain
  const target = `${host.includes(':') ? `[${host}]` : host}:${port}`
  const user = [proxy.username, proxy.password].map(decodeURIComponent).join(':')
  const credential = user === ':' ? '' : `Proxy-Authorization: Basic ${Buffer.from(user).toString('base64')}\r\n`
  socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${credential}\r\n`)
  const answer = await readHead(socket, { timeoutMs })
  const status =
    answer.type === 'head' ? /^HTTP\/1\.\d (\d{3}[^\r]*)/.exec(answer.head.toString('latin1'))?.[1] : answer.type
  if (!status?.startsWith('2'))
    throw coded('ERR_PROXY_TUNNEL', `cannot connect to ${target}${through}: ${status ?? 'no HTTP answer'}`)
  return socket
}

function ready(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error): void => {
      socket.off(event, succeeded).off('error', done).off('close', closed)
      if (error) reject(error)
      else resolve()
    }
    const succeeded = (): void => done()
    const closed = (): void => done(coded('ECONNRESET', 'the connection was closed before it was ready'))
    socket.on(event, succeeded).on('error', done).on('close', closed)
  })
}

/** Trying several addresses of a name fails with an error that holds one per address, and says nothing itself. */
function withMessage(error: Error): Error {
  if (error instanceof AggregateError && !error.message)
    error.message = error.errors.map((each) => (each as Error).message).join('; ')
  return error
}

function timeoutError(host: string, port: number): Error {
  return Object.assign(coded('ETIMEDOUT', `connect ETIMEDOUT ${host}:${port}`), { errno: -110, syscall: 'connect' })
}

function coded(code: string, message: string): Error {
  return Object.assign(new Error(message), { code })
}

function ignore(): void {}
