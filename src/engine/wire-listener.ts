import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Faults } from '../core/fault.ts'
import type { Question } from '../core/protocol.ts'
import type { Recorder } from '../core/recorder.ts'
import type { WireProtocol } from '../core/wire.ts'
import type { AcceptTls } from './accept-tls.ts'
import type { ClientTls } from './client-tls.ts'
import { openConnection, upgradeConnection } from './connect.ts'
import { type Listener, openListener } from './listener.ts'

/** Between whom a listener stands. */
export interface WireListenerOptions<Q extends Question<R>, R> {
  readonly wire: WireProtocol<Q, R>
  /** The service. */
  readonly target: { readonly host: string; readonly port: number }
  readonly host?: string
  /** Default 0: a free one. */
  readonly port?: number
  /** Who listens, for error messages. */
  readonly purpose?: string
  /** Milliseconds until a connection to the service must be there (default 10 000). */
  readonly timeoutMs?: number
  readonly recorder?: Recorder<Q, R>
  readonly faults?: Faults
  /** Speak TLS to the service, begun the way its protocol has it. */
  readonly tls?: ClientTls
  /** Speak TLS with clients that ask for it; left out, they are told to go without. */
  readonly acceptTls?: AcceptTls
}

/**
 * Listens for clients of a service that we own, and carries each connection to it through the protocol's relay.
 *
 * @throws MortarError `MORTAR_PORT_IN_USE`, `MORTAR_LISTEN_FAILED`
 */
export async function listenForWire<Q extends Question<R>, R>(options: WireListenerOptions<Q, R>): Promise<Listener> {
  const { wire, target, recorder, faults, tls, acceptTls, host, port, purpose, timeoutMs = 10_000 } = options
  const stopped = new AbortController()
  const { signal } = stopped
  const listener = await openListener({
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
    ...(purpose !== undefined && { purpose }),
    onConnection: (client) =>
      wire.relay(client, {
        connect: () => openConnection({ ...target, timeoutMs, signal, allowHalfOpen: true }),
        signal,
        ...(recorder && { recorder }),
        ...(faults && { faults }),
        ...(tls && { secure: (service: Duplex) => upgradeConnection(service as Socket, tls) }),
        ...(acceptTls && {
          acceptTls: (plain: Duplex) => acceptTls(plain as Socket, { host: target.host, alpn: [] }),
        }),
      }),
  })
  const close = (): Promise<void> => {
    stopped.abort()
    return listener.close()
  }
  return { ...listener, close, [Symbol.asyncDispose]: close }
}
