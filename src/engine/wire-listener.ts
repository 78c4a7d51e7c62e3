import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Faults } from '../core/fault.ts'
import type { Question } from '../core/protocol.ts'
import type { Recorder } from '../core/recorder.ts'
import type { WireProtocol } from '../core/wire.ts'
import { type ClientDoor, greetClient, midStream } from './client-door.ts'
import type { ClientTls } from './client-tls.ts'
import { openConnection, upgradeConnection } from './connect.ts'
import { type Listener, openListener } from './listener.ts'

/** Between whom a listener stands. */
export interface WireListenerOptions<Q extends Question<R>, R> extends ClientDoor {
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
}

/**
 * Listens for clients of a service that we own, and carries each connection to it through the protocol's relay.
 *
 * @throws MortarError `MORTAR_PORT_IN_USE`, `MORTAR_LISTEN_FAILED`
 */
export async function listenForWire<Q extends Question<R>, R>(options: WireListenerOptions<Q, R>): Promise<Listener> {
  const { wire, target, recorder, faults, tls, host, port, purpose, timeoutMs = 10_000 } = options
  const stopped = new AbortController()
  const { signal } = stopped
  const direct = { host: target.host, port: target.port, timeoutMs, signal, allowHalfOpen: true }
  // Where the client speaks first, TLS stands before the first byte; else it is agreed on.
  const first = wire.clientFirst !== undefined
  const listener = await openListener({
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
    ...(purpose !== undefined && { purpose }),
    onConnection: async (client) => {
      const greeted = await greetClient(client, wire.clientFirst, options, signal)
      if (!greeted) return
      await wire.relay(greeted, {
        connect: () => openConnection({ ...direct, scheme: 'tcp', ...(first && tls && { tls }) }),
        signal,
        ...(recorder && { recorder }),
        ...(faults && { faults }),
        ...(tls && !first && { secure: (service: Duplex) => upgradeConnection(service as Socket, tls) }),
        ...midStream(options),
      })
    },
  })
  const close = (): Promise<void> => {
    stopped.abort()
    return listener.close()
  }
  return { ...listener, close, [Symbol.asyncDispose]: close }
}
