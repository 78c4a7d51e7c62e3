import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { MortarError } from '../core/errors.ts'
import { openConnection } from './connect.ts'
import type { ConnectionSet } from './connection-set.ts'
import { joinConnections } from './join-connections.ts'
import type { ProxyRequest } from './proxy-request.ts'
import { refuseClient } from './proxy-refusal.ts'

/** A connection to pass on to where its client wants to go. */
export interface TunnelOptions {
  readonly client: Duplex
  readonly request: ProxyRequest
  /** Written to the client once the destination has accepted the connection; empty for nothing. */
  readonly greeting: string
  /** Encrypt the way to the destination: the client asked the proxy for an `https:` address in the clear. */
  readonly encrypt: boolean
  readonly timeoutMs: number
  /** Gets the connection to the destination. */
  readonly upstreams: ConnectionSet
  /** Port of the proxy itself, which is never a destination. */
  readonly ownPort: number
}

/** Joins a client with its destination until both have closed. What goes wrong before is answered with 502 or 504. */
export async function tunnelClient(options: TunnelOptions): Promise<void> {
  const { client, request, greeting, encrypt, timeoutMs, upstreams, ownPort } = options
  const { host, port, scheme } = request
  const gone = new AbortController()
  const leave = (): void => gone.abort(new Error('the client closed the connection'))
  client.once('close', leave)
  if (client.closed) leave()
  const tls = encrypt ? { tls: { servername: host, alpn: ['http/1.1'], trustSystem: true } } : {}
  const shared = { host, port, scheme, timeoutMs, signal: gone.signal, allowHalfOpen: true }
  let service: Socket
  try {
    service = await openConnection({ ...shared, ...tls })
  } catch (cause) {
    const timedOut = (cause as NodeJS.ErrnoException).code === 'ETIMEDOUT'
    const message = `${host}:${port} could not be reached: ${(cause as Error).message}`
    const code = timedOut ? 'MORTAR_UPSTREAM_TIMEOUT' : 'MORTAR_UPSTREAM_UNREACHABLE'
    return refuseClient(client, timedOut ? 504 : 502, new MortarError(code, message, { cause }))
  } finally {
    client.off('close', leave)
  }
  upstreams.add(service)
  // A name that stands for this machine is only known as such after it was resolved.
  if (service.remotePort === ownPort && service.remoteAddress === service.localAddress) {
    service.destroy()
    return refuseClient(client, 502, loopError(request))
  }
  if (greeting) client.write(greeting)
  await joinConnections(client, service)
}

/** The proxy was asked for itself. */
export function loopError({ host, port }: ProxyRequest): MortarError {
  return new MortarError('MORTAR_PROXY_LOOP', `The proxy was asked to connect to itself, ${host}:${port}.`)
}
