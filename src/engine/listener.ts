import net from 'node:net'
import type { Duplex } from 'node:stream'
import { asker } from '../core/asker.ts'
import { MortarError } from '../core/errors.ts'
import { hold } from './background.ts'
import { createConnectionSet } from './connection-set.ts'
import { readsAsWriter } from './follow-writes.ts'

/** What a listener does and where. */
export interface ListenerOptions {
  /** Default `127.0.0.1`. */
  readonly host?: string
  /** Default 0: a free one. */
  readonly port?: number
  /** Who listens, for error messages: `the boundary payments`. */
  readonly purpose?: string
  /**
   * Gets each connection, half-open allowed: the client's FIN does not end our side. When the returned promise
   * resolves, what is still unended is ended; when it rejects, the connection is destroyed.
   */
  readonly onConnection: (client: Duplex) => void | Promise<void>
}

/** An open port. */
export interface Listener extends AsyncDisposable {
  readonly host: string
  readonly port: number
  /** Stops listening, destroys what is connected, and resolves when all of it is gone. May be called again. */
  close(): Promise<void>
}

/** Addresses that are held, by port, and what has somebody answer at them. */
const held = new Map<number, { readonly listener: Listener; answer(by: ListenerOptions['onConnection']): void }>()

/**
 * Takes an address at which nobody answers yet: whoever connects to it waits, until {@link openListener} is asked for its
 * port in this process.
 *
 * @throws MortarError `MORTAR_PORT_IN_USE`, `MORTAR_LISTEN_FAILED`
 */
export async function holdAddress(options: Omit<ListenerOptions, 'onConnection' | 'host'>): Promise<Listener> {
  const { promise, resolve: answer } = Promise.withResolvers<ListenerOptions['onConnection']>()
  const listener = await openListener({ ...options, onConnection: async (client) => (await promise)(client) })
  const { port } = listener
  held.set(port, { listener, answer })
  const close = (): Promise<void> => {
    if (held.get(port)?.listener === listener) held.delete(port)
    return listener.close()
  }
  return { ...listener, close, [Symbol.asyncDispose]: close }
}

/**
 * Listens on a port and hands over each connection. An address that is held is taken over, with those who wait there.
 *
 * @throws MortarError `MORTAR_PORT_IN_USE`, or `MORTAR_LISTEN_FAILED` when the address cannot be listened on.
 */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  const { host = '127.0.0.1', port = 0, onConnection } = options
  const waiting = held.get(port)
  if (waiting) {
    held.delete(port)
    waiting.answer(onConnection)
    return waiting.listener
  }
  const connections = createConnectionSet()
  const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    hold(client)
    connections.add(client)
    Object.assign(client, { [asker]: readsAsWriter(client) })
    void hand(client, onConnection)
  })
  hold(server)
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, options)))
    server.listen({ host, port, exclusive: true }, resolve)
  })
  // A failed accept (no file descriptors left) costs that connection, not the process.
  server.removeAllListeners('error').on('error', () => {})
  const address = server.address() as net.AddressInfo
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => {
    closing ??= Promise.all([
      new Promise<void>((resolve) => server.close(() => resolve())),
      connections.destroyAll(),
    ]).then(() => {})
    return closing
  }
  return { host, port: address.port, close, [Symbol.asyncDispose]: close }
}

async function hand(client: Duplex, onConnection: ListenerOptions['onConnection']): Promise<void> {
  try {
    const done = onConnection(client)
    if (done === undefined) return
    await done
    if (!client.writableEnded) client.end()
  } catch {
    client.destroy()
  }
}

function listenError(error: NodeJS.ErrnoException, options: ListenerOptions): Error {
  const { host = '127.0.0.1', port = 0, purpose = 'Mortar' } = options
  const details = { where: `${host}:${port}`, cause: error }
  if (error.code === 'EADDRINUSE')
    return new MortarError('MORTAR_PORT_IN_USE', `Port ${port} is taken, so ${purpose} cannot listen on it.`, details)
  return new MortarError(
    'MORTAR_LISTEN_FAILED',
    `${purpose} cannot listen on ${host}:${port}: ${error.message}`,
    details,
  )
}
