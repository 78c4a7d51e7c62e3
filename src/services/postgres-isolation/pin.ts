import { randomBytes } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { Faults } from '../../core/fault.ts'
import type { Recorder } from '../../core/recorder.ts'
import { type ClientDoor, midStream } from '../../engine/client-door.ts'
import { openListener } from '../../engine/listener.ts'
import { strikeConnecting } from '../../protocols/postgres/connect-fault.ts'
import { errorResponse, message, readyForQuery } from '../../protocols/postgres/encode.ts'
import { greet, type Greeting } from '../../protocols/postgres/greet.ts'
import type { PostgresQuestion, PostgresReply } from '../../protocols/postgres/message.ts'
import { Relay } from '../../protocols/postgres/relay.ts'
import { PostgresSession } from '../../protocols/postgres/session.ts'
import type { ToleratedPitfall } from '../../protocols/postgres/test-database.ts'
import { fromServer } from '../../protocols/postgres/types.ts'
import { cancelRequest } from './cancel-request.ts'
import { holdRelay } from './held.ts'
import { pitfallOf } from './pin-pitfall.ts'
import { PinSeat } from './pin-seat.ts'
import { openPinned, type PinnedSession } from './pinned-session.ts'
import { PinWatch } from './pin-watch.ts'
import type { PostgresAddress } from './postgres-address.ts'
import { reachOf } from './statement-reach.ts'
import type { LeftBehind } from './swap.ts'
import { turnAway } from './turn-away.ts'
import { realAbortAfter } from '../../core/real-clock.ts'

/** What stands behind the addresses. */
export interface PinOptions {
  readonly server: PostgresAddress
  /** The database, which nobody else uses. */
  readonly database: string
  /** Default 0: a free one. */
  readonly port?: number
  /** How long a connection that is busy may take to finish when a test ends, milliseconds (default 200). */
  readonly graceMs?: number
  /** How long a connection waits for the transaction of another one, milliseconds (default 3000). */
  readonly waitMs?: number
  readonly tolerated?: readonly ToleratedPitfall[]
  readonly recorder?: Recorder<PostgresQuestion, PostgresReply>
  readonly faults?: Faults
  /** How clients are met that ask for TLS, or speak something else. */
  readonly clients?: ClientDoor
}

/** One transaction that all connections share. */
export interface Pin {
  readonly host: string
  readonly port: number
  /** Leads to the same transaction, and is neither recorded nor disturbed. */
  readonly besidePort: number
  /**
   * Ends the connections that were left in the middle of something and rolls everything back.
   *
   * @throws MortarError `MORTAR_PIN_REFUSED` when the test did what does not work like this; everything is rolled back
   * all the same
   */
  next(ended: string): Promise<readonly LeftBehind[]>
  close(): Promise<void>
}

interface Connection {
  readonly key: Buffer
  readonly seat: PinSeat
  readonly relay: Relay
  readonly applicationName: string
  lastStatement: string
}

const ok = message(fromServer.authentication, Buffer.alloc(4))
let connected = 0

/** Opens the addresses. @throws MortarError `MORTAR_PORT_IN_USE`, `MORTAR_LISTEN_FAILED` */
export async function openPin(options: PinOptions): Promise<Pin> {
  const { server, port, graceMs = 200, waitMs = 3_000, tolerated } = options
  const stopped = new AbortController()
  const { signal } = stopped
  const watch = new PinWatch(tolerated)
  const connections = new Set<Connection>()
  let pinned: Promise<PinnedSession> | undefined
  let moving: Promise<unknown> = Promise.resolve()
  let written = false

  /** The first client decides what the session is like. */
  const session = async (parameters: ReadonlyMap<string, string>): Promise<PinnedSession> => {
    const current = await pinned?.catch(() => undefined)
    if (!current || current.shared.ended)
      pinned = openPinned({ server, database: options.database, parameters, signal })
    const found = await pinned!
    await found.accept(parameters)
    return found
  }

  const join = async ({ client, parameters }: Greeting & { kind: 'startup' }, beside: boolean): Promise<void> => {
    const current = await session(parameters)
    const { shared } = current
    const id = ++connected
    let transactions = 0
    const cancel = (): Promise<void> => cancelRequest(server, shared.key, signal)
    const seat = new PinSeat({
      shared,
      waitMs,
      cancel,
      asked: (sql) => (beside ? pitfallOf(sql) : watch.refusal(sql, current.hidden)),
      waited: (sql) => {
        if (!beside) watch.waited(sql)
      },
    })
    const follower = new PostgresSession({
      parameters,
      ...(!beside && options.recorder && { recorder: options.recorder }),
      asked: (sql) => {
        if (follower.transaction === 'idle') transactions++
        const reach = reachOf(sql)
        written ||= reach.stored
        current.changed ||= reach.session
        connection.lastStatement = sql
        if (!beside) watch.ran(sql, `${id}:${transactions}`)
      },
    })
    const key = randomBytes(8)
    const hello = Buffer.concat([ok, shared.hello, message(fromServer.backendKey, key), readyForQuery('I')])
    follower.server(hello)
    client.write(hello)
    const faults = beside ? undefined : options.faults
    const relay = new Relay({ client, server: seat.server, session: follower, signal, ...(faults && { faults }) })
    const applicationName = parameters.get('application_name') ?? ''
    const connection: Connection = { key, seat, relay, applicationName, lastStatement: '' }
    connections.add(connection)
    relay.start()
    await relay.closed
    connections.delete(connection)
  }

  const accept = async (client: Duplex, beside: boolean): Promise<void> => {
    const greeting = await greet(client, midStream(options.clients ?? {}))
    if (greeting.kind === 'startup') {
      if (!beside && !(await strikeConnecting(greeting.client, options.faults, signal))) return
      await moving
      await join(greeting, beside).catch((error: unknown) =>
        turnAway(greeting, error, beside || signal.aborted ? undefined : options.recorder),
      )
    } else if (greeting.kind === 'cancel') {
      connections
        .values()
        .find(({ key }) => key.equals(greeting.key))
        ?.seat.cancel()
      client.end()
    }
    client.resume()
  }

  const end = async (connection: Connection, grace: AbortSignal): Promise<LeftBehind | undefined> => {
    const { relay, lastStatement: statement, applicationName } = connection
    const state = await holdRelay(relay, grace)
    if (!state) return undefined
    const M = `the connection was left ${state} when its test ended (Mortar)`
    relay.dismiss(errorResponse({ S: 'FATAL', V: 'FATAL', C: '25P03', M }))
    connections.delete(connection)
    return { state, statement, applicationName }
  }

  const undo = async (ended: string): Promise<readonly LeftBehind[]> => {
    const grace = realAbortAfter(graceMs)
    const left = await Promise.all(Array.from(connections, (connection) => end(connection, grace)))
    try {
      const current = await pinned?.catch(() => undefined)
      if (current && !current.shared.ended) await current.rollBack({ sequences: written })
      written = false
    } finally {
      for (const { relay } of connections) relay.release()
    }
    const refused = watch.refused(ended, `${server.host}:${server.port}`)
    if (refused) throw refused
    return left.filter((each) => each !== undefined)
  }

  const purpose = 'the address of the test database'
  const listener = await openListener({
    ...(port !== undefined && { port }),
    purpose,
    onConnection: (client) => accept(client, false),
  })
  const besides = await openListener({ purpose, onConnection: (client) => accept(client, true) })
  return {
    host: listener.host,
    port: listener.port,
    besidePort: besides.port,
    next(ended) {
      const moved = moving.then(() => undo(ended))
      moving = moved.catch(() => {})
      return moved
    },
    async close() {
      stopped.abort()
      await Promise.all([listener.close(), besides.close()])
      const current = await pinned?.catch(() => undefined)
      current?.shared.close()
    },
  }
}
