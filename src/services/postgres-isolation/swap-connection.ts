import { randomBytes } from 'node:crypto'
import { errorResponse, readyForQuery, message } from '../../protocols/postgres/encode.ts'
import type { Greeting } from '../../protocols/postgres/greet.ts'
import type { OwnSession } from '../../protocols/postgres/own-session.ts'
import { Relay } from '../../protocols/postgres/relay.ts'
import { PostgresSession } from '../../protocols/postgres/session.ts'
import { fromServer } from '../../protocols/postgres/types.ts'
import { holdRelay, type Unfinished } from './held.ts'
import { ownSettings, readState, type SessionState, setUp, type Setup } from './session-state.ts'
import { isForgotten, reachOf } from './statement-reach.ts'
import type { SwapOptions } from './swap.ts'

/** A session that waits to be moved to, and what was set up in it already. */
export interface Warm {
  readonly session: OwnSession
  readonly done?: Setup
}

/** What a client's connection needs from where it was accepted. */
export interface SwapConnectionOptions extends Pick<SwapOptions, 'recorder' | 'faults'> {
  readonly greeting: Greeting & { kind: 'startup' }
  /** The database of `backend`. */
  readonly database: string
  readonly backend: OwnSession
  readonly signal: AbortSignal
  /** Called with each statement before it is sent. */
  readonly asked: (stored: boolean, sql: string) => void
  /** Where a session is wanted whose client says goodbye, and which is easily made as new. */
  readonly keep: { wanted(): boolean; left(session: OwnSession): void }
}

const ok = message(fromServer.authentication, Buffer.alloc(4))

// Sequences have numbers in store for a session, and tell it which one it has got.
const sweeping = `CLOSE ALL; DISCARD SEQUENCES; DISCARD TEMP;
  SELECT pg_catalog.pg_advisory_unlock_all(), (SELECT count(*) FROM pg_catalog.pg_listening_channels())`

/** A connection of the application, and the session on the server that it has now. */
export class SwapConnection {
  readonly parameters: ReadonlyMap<string, string>
  /** The cancel key that the client knows; it stays when the session is exchanged. */
  readonly key: Buffer
  lastStatement = ''
  database: string
  /** Whether it has outlived a test. */
  stays = false
  /** Whether we have ended it. */
  dismissed = false
  readonly #relay: Relay
  #backend: OwnSession
  #state: SessionState | undefined
  #changed = false
  /** Whether something may have been left in the session that is not to be there in the next test. */
  #used = false
  #listens = false
  /** Whether it can be made as new. */
  #ordinary: boolean
  readonly #ownSettings = new Set<string>()

  constructor({ greeting, database, backend, signal, asked, keep, recorder, faults }: SwapConnectionOptions) {
    const { client, parameters } = greeting
    this.parameters = parameters
    // Whoever had the session before may still know that of the server.
    this.key = Buffer.concat([backend.key.subarray(0, 4), randomBytes(Math.max(backend.key.length - 4, 0))])
    this.#backend = backend
    this.#ordinary = !parameters.has('replication')
    this.database = database
    const session = new PostgresSession({
      parameters,
      ...(recorder && { recorder }),
      asked: (sql) => {
        const { stored, session } = reachOf(sql)
        this.#changed ||= session
        this.#used ||= stored || session
        this.#ordinary &&= isForgotten(sql)
        if (session) for (const name of ownSettings(sql)) this.#ownSettings.add(name)
        this.lastStatement = sql
        asked(stored, sql)
      },
    })
    const hello = Buffer.concat([ok, backend.hello, message(fromServer.backendKey, this.key), readyForQuery('I')])
    session.server(hello)
    client.write(hello)
    this.#relay = new Relay({
      client,
      server: backend.detach(),
      session,
      signal,
      keep: {
        wanted: () => this.#ordinary && keep.wanted(),
        left: () => keep.left(this.#backend),
      },
      ...(faults && { faults }),
    })
    this.#relay.start()
  }

  /** Whether the client has said goodbye; its session on the server may be gone already. */
  get leaving(): boolean {
    return this.#relay.session.leaving
  }

  get closed(): Promise<void> {
    return this.#relay.closed
  }

  /** The cancel key that the server knows now. */
  get currentKey(): Buffer {
    return this.#backend.key
  }

  /** The process of the server that it has now, as the server says. */
  get process(): number {
    return this.#backend.process
  }

  /** Waits until nothing is under way and holds the client. Returns what was still under way when `signal` aborted. */
  hold(signal: AbortSignal): Promise<Unfinished | undefined> {
    this.stays = true
    return holdRelay(this.#relay, signal)
  }

  /** Sets up a session for a later move, as far as is known now; the rest is done by the move. */
  async prepare(session: OwnSession): Promise<Warm> {
    const done = this.#setup()
    await setUp(session, done)
    return { session, done }
  }

  /**
   * Goes on in a new session, which is set up as the old one was. The client must be held, and is let go.
   *
   * @throws Error when either server connection is lost
   */
  async move(database: string, { session: next, done }: Warm): Promise<void> {
    const old = this.#backend
    try {
      if (this.#changed) {
        this.#relay.leave()
        old.attach()
        const { state, named } = await readState(old, this.#ownSettings)
        this.#state = state
        this.#listens = state.channels.length > 0
        this.#relay.session.statements.keep(named)
        this.#changed = false
      }
      await setUp(next, this.#setup(), done)
      this.#backend = next
      this.database = database
      this.#used = false
      this.#relay.exchange(next.detach())
      old.close()
    } catch (error) {
      next.close()
      throw error
    }
    this.#relay.release()
  }

  /**
   * Takes out of the session what the next test would not find in a new one. The client must be held.
   *
   * @returns Whether it listens to channels: what has been notified may be on its way.
   * @throws Error when the server says no, or nothing until `late`; the session is of no use then
   */
  async sweep(late: AbortSignal): Promise<boolean> {
    if (!this.#used) return this.#listens
    const { connection } = this.#backend
    const give = (): void => void connection.destroy()
    this.#relay.leave()
    this.#backend.attach()
    late.addEventListener('abort', give)
    try {
      const [[, channels] = []] = await this.#backend.query(sweeping)
      this.#listens = channels !== '0'
      this.#used = false
      return this.#listens
    } finally {
      late.removeEventListener('abort', give)
      this.#backend.detach()
      this.#relay.comeBack()
    }
  }

  /** Lets a held client go on where it is. */
  release(): void {
    this.#relay.release()
  }

  /** Ends the connection and tells the client why. The server rolls back what was open. */
  dismiss(code: string, why: string): void {
    this.dismissed = true
    this.#relay.dismiss(errorResponse({ S: 'FATAL', V: 'FATAL', C: code, M: `${why} (Mortar)` }))
  }

  /** Closes the connection of a client that has said goodbye, before the server says anything that nobody expects. */
  part(): void {
    this.dismissed = true
    this.#relay.dismiss(Buffer.alloc(0))
  }

  #setup(): Setup {
    return { statements: this.#relay.session.statements.named(), state: this.#state }
  }
}
