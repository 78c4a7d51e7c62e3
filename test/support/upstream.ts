import { once } from 'node:events'
import http from 'node:http'
import http2 from 'node:http2'
import net from 'node:net'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { openCertificates } from '../../src/engine/certificates.ts'

/** Answers one request with node's own server. */
export type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => void

/** A real service on a free port of the loopback. */
export interface Upstream {
  /** `http://127.0.0.1:40123` */
  readonly origin: string
  readonly port: number
  /** Method and path of each request so far. */
  readonly asked: string[]
  /** Whatever a test wants to look at of the last request. */
  readonly headers: http.IncomingHttpHeaders[]
  readonly server: net.Server
  /** Certificate of the authority that signed this service's, where it speaks TLS. */
  readonly caPath?: string
  /** Takes the service down, its connections included. */
  close(): Promise<void>
}

/** How a service is made. */
export interface UpstreamOptions {
  /** Speak HTTP/1.1 and HTTP/2 over TLS; the authority is kept in this folder. */
  readonly tls?: string
  /** Called with what takes the service down (default: when the test has finished). */
  readonly after?: (close: () => Promise<void>) => void
}

/** Starts a service. */
export async function upstream(handle: Handler, options: UpstreamOptions = {}): Promise<Upstream> {
  const asked: string[] = []
  const headers: http.IncomingHttpHeaders[] = []
  const answer: Handler = (request, response) => {
    asked.push(`${request.method} ${request.url}`)
    headers.push(request.headers)
    handle(request, response)
  }
  if (!options.tls) {
    const server = http.createServer({ keepAliveTimeout: 30_000 }, answer)
    return { ...(await listening(server, options)), asked, headers, server }
  }
  const { server, caPath } = await secureServer(options.tls)
  server.on('request', answer as never)
  const open = await listening(server, options)
  return { ...open, origin: open.origin.replace('http:', 'https:'), asked, headers, server, caPath }
}

/** A server of HTTP/2 and HTTP/1.1 over TLS for the loopback, and the authority to trust; both are kept in `folder`. */
export async function secureServer(folder: string): Promise<{ server: http2.Http2SecureServer; caPath: string }> {
  const certificates = await openCertificates(join(folder, 'service-ca'))
  const leaf = await certificates.leaf('127.0.0.1')
  return { server: http2.createSecureServer({ ...leaf, allowHTTP1: true }), caPath: certificates.caPath }
}

/** Opens a server that may speak anything. */
export async function listening(
  server: net.Server,
  { after = onTestFinished }: UpstreamOptions = {},
): Promise<Pick<Upstream, 'origin' | 'port' | 'close'>> {
  const sockets = new Set<net.Socket>()
  server.on('connection', (socket: net.Socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  let closing: Promise<void> | undefined
  const close = (): Promise<void> =>
    (closing ??= new Promise((resolve) => {
      server.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    }))
  after(close)
  return { origin: `http://127.0.0.1:${port}`, port, close }
}

/** A port of the loopback at which nobody listens, and nobody else will: our own end of a connection has it. */
export async function closedPort(to: number, after: (close: () => void) => void = onTestFinished): Promise<number> {
  const socket = net.connect(to, '127.0.0.1')
  await once(socket, 'connect')
  socket.on('error', () => {})
  after(() => void socket.destroy())
  return socket.localPort ?? 0
}
