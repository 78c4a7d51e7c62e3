import { once } from 'node:events'
import type { Disturbance, Faults, ServiceError, Target } from '../../core/fault.ts'
import type { Lane } from '../../core/lane.ts'
import { pause, realClearTimeout, setProgramTimeout } from '../../core/real-clock.ts'
import { type Aside, AsideAnswer, asideMessages } from './ask-aside.ts'
import { BodyReader } from './decode.ts'
import { errorResponse, flush, message, query, sync, terminate } from './encode.ts'
import { errorFields } from './error-fields.ts'
import { ErrorRewrite } from './error-rewrite.ts'
import { fingerprintOf } from './fingerprint.ts'
import { RowRewrite } from './row-rewrite.ts'
import type { PostgresSession } from './session.ts'
import { fromClient } from './types.ts'

/** What a fault may do with the connection it strikes. */
export interface ConnectionControl {
  quiet(): Promise<void>
  dismiss(bytes: Buffer): void
  loseAnswer(): Promise<void>
  /** As soon as nobody waits for anything, says goodbye as `dismiss`. */
  dismissIdle(bytes: Buffer): void
  reset(): void
}

/** What a hold works with. */
export interface MessageHoldOptions {
  readonly session: PostgresSession
  readonly faults: Faults
  /** To the server. */
  readonly lane: Lane
  readonly control: ConnectionControl
}

/** Changes what the server says on its way to the client, until it is done. */
interface AnswerRewrite {
  readonly done: boolean
  push(chunk: Buffer): Buffer
}

const headerSize = 5
const noAside: Aside = { rows: [], fields: [] }

/** Limits of a statement that waits, in milliseconds. */
const limits = `SELECT name || ' ' || setting FROM pg_catalog.pg_settings
  WHERE name IN ('statement_timeout', 'lock_timeout')`

/** Columns of tables that may be NULL, as `table.column` with their numbers. */
const nullable = `SELECT a.attrelid || '.' || a.attnum FROM pg_catalog.pg_attribute a
  JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
  WHERE a.attnum > 0 AND NOT a.attnotnull AND c.relkind IN ('r', 'p') AND c.oid >= 16384`

/**
 * Lets the client's messages through one by one, so that a fault can take hold of one before its first byte is sent.
 * Used only while a fault is armed; what had begun before is let through.
 */
export class MessageHold {
  readonly #options: MessageHoldOptions
  #bytes: Buffer = Buffer.alloc(0)
  #working = false
  #turn: Promise<void> | undefined
  /** A statement waits; what the client sends meanwhile comes behind it. */
  #stuck: { readonly later: Buffer[] } | undefined
  /** The client has finished: it may do so while it is not listened to. */
  readonly #left = new AbortController()
  #listenAgain: (() => void) | undefined
  #rewrite: AnswerRewrite | undefined

  constructor(options: MessageHoldOptions) {
    this.#options = options
  }

  /** Whether bytes are held back that must go first. */
  get active(): boolean {
    return this.#working || this.#bytes.length > 0
  }

  /** Takes the client's next bytes. The promise is kept when more can be taken. */
  push(chunk: Buffer): Promise<void> {
    if (this.#stuck) {
      this.#stuck.later.push(chunk)
      return Promise.resolve()
    }
    const { promise: listening, resolve } = Promise.withResolvers<void>()
    this.#listenAgain = resolve
    this.#turn = this.#let(chunk)
    return Promise.race([this.#turn, listening])
  }

  /** The client has finished; a message that it has only begun goes on as it is. */
  async finish(): Promise<void> {
    this.#left.abort()
    await this.#turn
    await this.#pass(this.#take(this.#bytes.length))
  }

  async #let(chunk: Buffer): Promise<void> {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk])
    this.#working = true
    try {
      await this.#begun()
      await this.#whole()
      if (!this.#options.faults.watching) await this.#pass(this.#take(this.#bytes.length))
    } finally {
      this.#working = false
    }
  }

  /** The server's bytes, with the error that a fault asked for in place of the one that was provoked. */
  rewrite(chunk: Buffer): Buffer | undefined {
    const rewrite = this.#rewrite
    if (!rewrite) return undefined
    const bytes = rewrite.push(chunk)
    if (rewrite.done) this.#rewrite = undefined
    return bytes
  }

  /** A message that was on its way when the fault was armed. */
  async #begun(): Promise<void> {
    const { session } = this.#options
    while (session.fromClient.owed > 0 && this.#bytes.length > 0)
      await this.#pass(this.#take(Math.min(session.fromClient.owed, this.#bytes.length)))
  }

  /** Passes whole messages on, together where nothing strikes. */
  async #whole(): Promise<void> {
    const { session, lane, faults } = this.#options
    let passed = 0
    for (;;) {
      const length = this.#lengthAt(passed)
      if (length === undefined) break
      const next = this.#bytes.subarray(passed, passed + length)
      const target = this.#target(next)
      if (!target || !faults.concerns(target)) {
        session.client(next)
        passed += length
        continue
      }
      await lane.write(this.#take(passed))
      passed = 0
      await this.#answered()
      const disturbance = session.refusing ? undefined : faults.strike(target)
      this.#take(length)
      if (disturbance) await this.#disturb(disturbance, next, target)
      else await this.#pass(next)
    }
    if (passed > 0) await lane.write(this.#take(passed))
  }

  #lengthAt(at: number): number | undefined {
    const left = this.#bytes.length - at
    if (left < headerSize) return undefined
    // A length that cannot be is for the server to refuse.
    const length = Math.max(this.#bytes.readUInt32BE(at + 1) + 1, headerSize)
    return length <= left ? length : undefined
  }

  #target(next: Buffer): Target | undefined {
    const { session } = this.#options
    const sql = session.lost ? undefined : session.preview(next[0]!, next.subarray(headerSize))
    if (sql === undefined) return undefined
    const { operation, effect, fingerprint } = fingerprintOf(sql)
    return { operation, effect, fingerprint }
  }

  #take(length: number): Buffer {
    const taken = this.#bytes.subarray(0, length)
    this.#bytes = this.#bytes.subarray(length)
    return taken
  }

  async #pass(bytes: Buffer): Promise<void> {
    if (bytes.length === 0) return
    this.#options.session.client(bytes)
    await this.#options.lane.write(bytes)
  }

  async #disturb(disturbance: Disturbance, taken: Buffer, { operation }: Target): Promise<void> {
    const { session, lane, control } = this.#options
    switch (disturbance.do) {
      case 'delay':
        if (disturbance.limited) return this.#stick(disturbance, taken)
        await pause(disturbance.ms, lane.gone, disturbance.released)
        return this.#pass(taken)
      case 'refuse': {
        if (!disturbance.error.fatal) {
          // A transaction that cannot be committed is over, and not only aborted.
          if (/^COMMIT\b/.test(operation)) await this.#askAside('ROLLBACK', undefined)
          return this.#refuse(disturbance, taken)
        }
        session.client(taken)
        const bytes = errorResponse(errorFields(disturbance.error, 'FATAL'))
        session.server(bytes)
        return control.dismiss(bytes)
      }
      case 'cut':
        session.client(taken)
        session.end('reset', 'the connection was lost before the question reached the server')
        return control.reset()
      case 'lose':
        await this.#pass(taken)
        // Without a transaction block, what was executed is committed by the Sync.
        if (taken[0] === fromClient.execute) await this.#pass(sync)
        return control.loseAnswer()
      case 'alter':
        return this.#alter(disturbance, taken)
      case 'end':
        await this.#pass(taken)
        return control.dismissIdle(errorResponse(errorFields(disturbance.error, 'FATAL')))
      default:
        // What is for messages of brokers says nothing here.
        return this.#pass(taken)
    }
  }

  /** Sends what the server cannot do instead, so that it fails just there and is in the state in which it would be. */
  async #refuse(disturbance: Disturbance & { readonly do: 'refuse' }, taken: Buffer): Promise<void> {
    const { session, lane } = this.#options
    const rewrite = new ErrorRewrite(errorFields(disturbance.error, 'ERROR'), () => session.answered)
    this.#rewrite = rewrite
    session.client(taken)
    await lane.write(
      taken[0] === fromClient.query
        ? query(`SELECT FROM "${rewrite.marker}"`)
        : message(fromClient.execute, rewrite.marker, Buffer.alloc(4)),
    )
  }

  /** After how long the server cancels a statement of this session that waits for a lock; `undefined`: it does not. */
  async #limitOfStatement(): Promise<{ readonly ms: number; readonly error: ServiceError } | undefined> {
    const { rows } = await this.#askAside(limits, undefined)
    const found = rows.map((row) => row.split(' ')).map(([name = '', ms]) => ({ name, ms: Number(ms) }))
    const [first] = found.filter(({ ms }) => ms > 0).toSorted((a, b) => a.ms - b.ms)
    if (!first) return undefined
    const { name, ms } = first
    const code = name === 'lock_timeout' ? '55P03' : '57014'
    return { ms, error: { code, message: `canceling statement due to ${name.replace('_', ' ')}` } }
  }

  /** Lets a statement wait, by the program's clock. Meanwhile the client is listened to, as it may leave. */
  async #stick({ ms, released }: Disturbance & { readonly do: 'delay' }, taken: Buffer): Promise<void> {
    const { session, lane, control } = this.#options
    const limit = await this.#limitOfStatement()
    const due = new AbortController()
    this.#stuck = { later: [] }
    this.#listenAgain?.()
    const timer = setProgramTimeout(() => due.abort(), Math.min(ms, limit?.ms ?? ms))
    const over = AbortSignal.any([lane.gone, this.#left.signal, due.signal, ...(released ? [released] : [])])
    if (!over.aborted) await once(over, 'abort')
    realClearTimeout(timer)
    this.#bytes = Buffer.concat([this.#bytes, ...this.#stuck.later])
    this.#stuck = undefined
    if (this.#left.signal.aborted || lane.gone.aborted) {
      // Nobody waits for it any more, and the server has never heard of it.
      this.#bytes = Buffer.alloc(0)
      session.client(taken)
      session.client(terminate)
      return control.reset()
    }
    return due.signal.aborted && limit ? this.#refuse({ do: 'refuse', error: limit.error }, taken) : this.#pass(taken)
  }

  async #alter({ to, missed = () => {} }: Disturbance & { readonly do: 'alter' }, taken: Buffer): Promise<void> {
    if (to !== 'nothing' && to !== 'nulls') {
      missed()
      return this.#pass(taken)
    }
    const untilReady = taken[0] === fromClient.query
    const portal = untilReady ? undefined : new BodyReader(taken, headerSize).text()
    const { rows, fields } = to === 'nulls' ? await this.#askAside(nullable, portal) : noAside
    this.#rewrite = new RowRewrite({ to, mayBeNull: new Set(rows), fields, untilReady, missed })
    await this.#pass(taken)
  }

  async #askAside(sql: string, portal: string | undefined): Promise<Aside> {
    const answer = new AsideAnswer()
    this.#rewrite = answer
    await this.#options.lane.write(asideMessages(sql, portal))
    const { promise: gone, resolve } = Promise.withResolvers<Aside>()
    this.#options.lane.gone.addEventListener('abort', () => resolve(noAside), { once: true })
    return Promise.race([answer.answered, gone])
  }

  /** Waits for the answers to all that was asked before. */
  async #answered(): Promise<void> {
    const { session, lane, control } = this.#options
    if (session.answered) return
    await lane.write(flush)
    await control.quiet()
  }
}
