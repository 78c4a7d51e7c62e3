import { once } from 'node:events'
import net from 'node:net'
import { onTestFinished } from 'vitest'
import type { Ending, Sender, Timed } from '../../src/core/exchange.ts'
import type { Faults } from '../../src/core/fault.ts'
import type { Question } from '../../src/core/protocol.ts'
import type { WireProtocol } from '../../src/core/wire.ts'
import { listening } from './upstream.ts'

/** An exchange as it was taken down. */
export interface Taken<Q, R> {
  readonly question: Q
  readonly operation: string
  readonly messages: Timed<R>[]
  ending: Ending
}

/** A relay between clients and a server that runs. */
export interface WireRelay<Q, R> {
  readonly port: number
  readonly exchanges: Taken<Q, R>[]
  /** What each side sent and what the other side got of it, all connections together. */
  readonly bytes: Readonly<Record<Sender, { readonly sent: () => Buffer; readonly got: () => Buffer }>>
  /** Exchanges of this operation. */
  of(operation: string): Taken<Q, R>[]
  /** Resolves when `found` does not return `undefined` any more; looked at with every message. */
  until<T>(found: () => T | undefined): Promise<T>
  /** Resolves when every connection so far is over. */
  over(): Promise<void>
}

/**
 * Relays `protocol` to a server on the loopback for the length of a test.
 *
 * @param keepBytes - Of each answer, when it is to be replayed.
 */
export async function wireRelay<Q extends Question<R>, R>(
  protocol: WireProtocol<Q, R>,
  serverPort: number,
  faults?: Faults,
  keepBytes?: number,
): Promise<WireRelay<Q, R>> {
  const exchanges: Taken<Q, R>[] = []
  const parts: Record<Sender, { sent: Buffer[]; got: Buffer[] }> = {
    client: { sent: [], got: [] },
    service: { sent: [], got: [] },
  }
  let watchers: (() => void)[] = []
  const look = (): void => {
    for (const watch of watchers) watch()
  }
  const stop = new AbortController()
  onTestFinished(() => stop.abort())
  const relays: Promise<void>[] = []
  const server = net.createServer((client) => {
    watch(client, parts.client.sent, parts.service.got)
    const connect = async (): Promise<net.Socket> => {
      const service = net.connect(serverPort, '127.0.0.1')
      await once(service, 'connect')
      watch(service, parts.service.sent, parts.client.got)
      return service
    }
    relays.push(
      protocol.relay(client, {
        connect,
        recorder: { open, ...(keepBytes !== undefined && { keepBytes }) },
        ...(faults && { faults }),
        signal: stop.signal,
      }),
    )
  })
  function open(question: Q): { message(from: Sender, message: R): void; close(ending: Ending): void } {
    const asked = performance.now()
    const taken: Taken<Q, R> = { question, operation: protocol.describe(question).name, messages: [], ending: 'open' }
    exchanges.push(taken)
    queueMicrotask(look)
    return {
      message(from, message) {
        taken.messages.push({ ms: performance.now() - asked, from, message })
        queueMicrotask(look)
      },
      close(ending) {
        if (taken.ending !== 'open') throw new Error(`${taken.operation} was closed twice`)
        taken.ending = ending
        queueMicrotask(look)
      },
    }
  }
  const { port } = await listening(server)
  const side = (from: Sender) => ({
    sent: () => Buffer.concat(parts[from].sent),
    got: () => Buffer.concat(parts[from].got),
  })
  return {
    port,
    exchanges,
    bytes: { client: side('client'), service: side('service') },
    of: (operation) => exchanges.filter((exchange) => exchange.operation === operation),
    until: (found) =>
      new Promise((resolve) => {
        const watcher = (): void => {
          const value = found()
          if (value === undefined) return
          watchers = watchers.filter((each) => each !== watcher)
          resolve(value)
        }
        watchers.push(watcher)
        watcher()
      }),
    over: async () => void (await Promise.all(relays)),
  }
}

function watch(socket: net.Socket, sent: Buffer[], got: Buffer[]): void {
  const { emit, write } = socket
  socket.emit = function (this: net.Socket, event: string, ...values: unknown[]) {
    if (event === 'data') sent.push(Buffer.from(values[0] as Buffer))
    return Reflect.apply(emit, this, [event, ...values]) as boolean
  } as typeof socket.emit
  socket.write = function (this: net.Socket, chunk: Uint8Array, ...rest: unknown[]) {
    got.push(Buffer.from(chunk))
    return Reflect.apply(write, this, [chunk, ...rest]) as boolean
  } as typeof socket.write
}
