import type { Duplex } from 'node:stream'
import type { Faults } from '../../core/fault.ts'
import type { Recorder } from '../../core/recorder.ts'
import { MortarError } from '../../core/errors.ts'
import { type ClientDoor, midStream } from '../../engine/client-door.ts'
import { openListener } from '../../engine/listener.ts'
import { strikeConnecting } from '../../protocols/postgres/connect-fault.ts'
import { greet, type Greeting } from '../../protocols/postgres/greet.ts'
import type { PostgresQuestion, PostgresReply } from '../../protocols/postgres/message.ts'
import type { OwnSession } from '../../protocols/postgres/own-session.ts'
import { cancelRequest } from './cancel-request.ts'
import type { Unfinished } from './held.ts'
import { inTime } from './in-time.ts'
import { KeptSessions } from './kept-sessions.ts'
import { openSession, type PostgresAddress } from './postgres-address.ts'
import { refusal } from './refusal.ts'
import { SwapConnection, type Warm } from './swap-connection.ts'
import { turnAway } from './turn-away.ts'
import { realAbortAfter } from '../../core/real-clock.ts'

/** What stands behind the stable address. */
export interface SwapOptions {
  readonly server: PostgresAddress
  /** The database that connections get until the first move. */
  readonly database: string
  readonly host?: string
  /** Default 0: a free one. */
  readonly port?: number
  /** How long a connection that is busy may take to finish before it counts as left behind, milliseconds (default 200). */
  readonly graceMs?: number
  /** Called with each statement before it is sent. */
  readonly asked?: (sql: string) => void
  readonly recorder?: Recorder<PostgresQuestion, PostgresReply>
  readonly faults?: Faults
  /** How clients are met that ask for TLS, or speak something else. */
  readonly clients?: ClientDoor
  /** Clients are let in once this is resolved. */
  readonly ready?: Promise<unknown>
  /** Whether sessions whose clients have left are kept for others, as it is now; left out: none is. */
  readonly keepsSessions?: () => boolean
}

/** A connection that was not finished when its test ended. It was ended, and what it had begun was rolled back. */
export interface LeftBehind {
  readonly state: Unfinished
  /** The last statement it asked to run. */
  readonly statement: string
  readonly applicationName: string
}

/** What a move did. */
export interface Moved {
  readonly leftBehind: readonly LeftBehind[]
}

/** What became of staying. */
export interface Stayed extends Moved {
  readonly done: boolean
}

/** One stable address whose database can be exchanged while clients stay connected. */
export interface Swap {
  readonly host: string
  readonly port: number
  /** The database behind the address now. */
  readonly database: string
  /** Whether a statement may have changed what is stored since the last move. */
  readonly written: boolean
  readonly connections: number
  /**
   * Opens sessions on the database that is next, so that moving need not wait for them: for the connections that have
   * outlived a test. Many a pool is opened and closed within one.
   *
   * @throws MortarError `MORTAR_POSTGRES_FAILED`
   */
  prepare(database: string): Promise<void>
  /**
   * Moves every connection, with its prepared statements, settings and channels. Between tests only. To the database
   * that is there already, it moves nothing, and still ends connections that were left behind.
   *
   * @throws MortarError `MORTAR_POSTGRES_FAILED`
   */
  moveTo(database: string): Promise<Moved>
  /**
   * Stays in the database if `putBack` can make it what it was. All that belongs to a session stays but for what a move
   * would not carry.
   *
   * @param putBack - Given the processes of all sessions that stay; none of them does anything.
   * @returns Not `done`: every connection waits to be moved.
   */
  stay(putBack: (processes: readonly number[]) => Promise<boolean>): Promise<Stayed>
  close(): Promise<void>
}

/** How long what is under way beside connections may take before they are moved. */
const restMs = 1_000

/** Who does not answer in this time will not do so; its connection is lost. */
const sweepMs = 5_000

/** Opens the address. @throws MortarError `MORTAR_PORT_IN_USE`, `MORTAR_LISTEN_FAILED` */
export async function openSwap(options: SwapOptions): Promise<Swap> {
  const { server, host, port, graceMs = 200, recorder, faults } = options
  const stopped = new AbortController()
  const connections = new Set<SwapConnection>()
  const prepared = new Map<SwapConnection, { readonly database: string; readonly warm: Promise<Warm> }>()
  let database = options.database
  let written = false
  /** New clients wait here while connections are being moved. */
  let moving: Promise<unknown> = options.ready ?? Promise.resolve()
  /** What the server has been asked for beside connections: sessions, and to cancel. */
  const pending = new Set<Promise<unknown>>()
  /** Sessions that no connection has yet. */
  const waiting = new Set<OwnSession>()
  const kept = new KeptSessions()
  const keeps = (): boolean => {
    const now = !stopped.signal.aborted && options.keepsSessions?.() === true
    if (!now) kept.clear()
    return now
  }

  const openFor = (parameters: ReadonlyMap<string, string>, name: string): Promise<OwnSession> =>
    openSession(server, stopped.signal, [...parameters, ['database', name]])

  const awaited = <T>(work: Promise<T>): Promise<T> => {
    const settled = work.catch(() => {}).then(() => void pending.delete(settled))
    pending.add(settled)
    return work
  }

  const openWaiting = async (parameters: ReadonlyMap<string, string>, name: string): Promise<OwnSession> => {
    const session = (keeps() ? await kept.take(parameters) : undefined) ?? (await openFor(parameters, name))
    waiting.add(session)
    return session
  }

  const forget = (connection: SwapConnection): void => {
    const waiting = prepared.get(connection)
    prepared.delete(connection)
    waiting?.warm.then(({ session }) => session.close()).catch(() => {})
  }

  const carry = async (greeting: Greeting & { kind: 'startup' }): Promise<void> => {
    if (!(await strikeConnecting(greeting.client, faults, stopped.signal))) return
    await untilMoved()
    await join(greeting)
  }

  const untilMoved = async (): Promise<void> => {
    for (let last; last !== moving; await last) last = moving
  }

  const join = async (greeting: Greeting & { kind: 'startup' }): Promise<void> => {
    const at = database
    const backend = await awaited(openWaiting(greeting.parameters, at)).catch((error: unknown) => {
      if (at === database) turnAway(greeting, error, stopped.signal.aborted ? undefined : recorder)
    })
    await untilMoved()
    if (backend) waiting.delete(backend)
    // A move came in between; the clone that was asked for may be gone already.
    if (at !== database) {
      backend?.close()
      return join(greeting)
    }
    if (!backend) return
    const connection: SwapConnection = new SwapConnection({
      greeting,
      database: at,
      backend,
      signal: stopped.signal,
      asked: (stored, sql) => {
        written ||= stored
        options.asked?.(sql)
        keeps()
      },
      keep: {
        wanted: () => connection.database === database && keeps() && !kept.full,
        left: (session) => void awaited(kept.give(greeting.parameters, session)),
      },
      ...(recorder && { recorder }),
      ...(faults && { faults }),
    })
    connections.add(connection)
    await connection.closed
    connections.delete(connection)
    forget(connection)
  }

  const accept = async (client: Duplex): Promise<void> => {
    const greeting = await greet(client, midStream(options.clients ?? {}))
    if (greeting.kind === 'startup')
      await carry(greeting).catch((error: unknown) => greeting.client.end(refusal(error)))
    else if (greeting.kind === 'cancel') {
      const target = connections.values().find(({ key }) => key.equals(greeting.key))
      if (target) await awaited(cancelRequest(server, target.currentKey, stopped.signal))
      client.end()
    }
    client.resume()
  }

  const prepare = async (name: string): Promise<void> => {
    const lasting = [...connections].filter(({ stays, leaving }) => stays && !leaving)
    const opening = lasting.map((connection) => {
      const before = prepared.get(connection)
      if (before?.database === name) return before.warm
      forget(connection)
      const warm = openFor(connection.parameters, name).then((session) => connection.prepare(session))
      prepared.set(connection, { database: name, warm })
      return warm
    })
    await Promise.all(opening)
  }

  /** Lets nobody go on. Who is not at rest in time is ended. */
  const holdAll = async (): Promise<readonly LeftBehind[]> => {
    const grace = realAbortAfter(graceMs)
    const held = [...connections].map(async (connection) => {
      if (connection.dismissed) return []
      const unfinished = await connection.hold(grace)
      if (unfinished) {
        const { lastStatement: statement, parameters } = connection
        forget(connection)
        connection.dismiss('25P03', `the connection was left ${unfinished} when its test ended`)
        return [{ state: unfinished, statement, applicationName: parameters.get('application_name') ?? '' }]
      }
      if (connection.leaving) connection.part()
      return []
    })
    return (await Promise.all(held)).flat()
  }

  const moveOne = async (connection: SwapConnection, name: string): Promise<void> => {
    if (connection.database === name) return connection.release()
    const ready = prepared.get(connection)
    if (ready?.database === name) prepared.delete(connection)
    else forget(connection)
    try {
      const warm =
        ready?.database === name ? ready.warm : openFor(connection.parameters, name).then((session) => ({ session }))
      await connection.move(name, await warm)
    } catch (error) {
      connection.dismiss('57P01', 'the connection could not be moved to the next database')
      throw error
    }
  }

  const staying = (): SwapConnection[] => [...connections].filter(({ dismissed }) => !dismissed)

  const moveTo = async (name: string): Promise<Moved> => {
    const changed = name !== database
    database = name
    if (changed) kept.clear()
    const leftBehind = await holdAll()
    // From here on it is the next test that writes.
    if (changed) written = false
    const results = await Promise.allSettled(staying().map((connection) => moveOne(connection, name)))
    const failed = results.find((result) => result.status === 'rejected')
    if (failed && MortarError.is(failed.reason)) throw failed.reason
    return { leftBehind }
  }

  const stay: Swap['stay'] = async (putBack) => {
    const leftBehind = await holdAll()
    await inTime<unknown>(Promise.all(pending), restMs, undefined)
    if (pending.size > 0) return { leftBehind, done: false }
    const all = staying()
    const late = realAbortAfter(sweepMs)
    const listening = await Promise.all(all.map((connection) => connection.sweep(late).catch(() => true)))
    const sessions = [...[...all, ...waiting].map((each) => each.process), ...kept.processes]
    const done = !listening.includes(true) && (await putBack(sessions))
    if (done) {
      written = false
      for (const connection of all) connection.release()
    }
    return { leftBehind, done }
  }

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = moving.then(work)
    moving = turn.catch(() => {})
    return turn
  }

  const listener = await openListener({
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
    purpose: 'the address of the test database',
    onConnection: (client) => accept(client),
  })
  return {
    host: listener.host,
    port: listener.port,
    get database() {
      return database
    },
    get written() {
      return written
    },
    get connections() {
      return connections.size
    },
    prepare,
    moveTo: (name) => inTurn(() => moveTo(name)),
    stay: (putBack) => inTurn(() => stay(putBack)),
    async close() {
      stopped.abort()
      kept.clear()
      for (const connection of connections) forget(connection)
      await listener.close()
    },
  }
}
