import type { Disturbance, Faults, Target } from '../../core/fault.ts'
import type { Lane } from '../../core/lane.ts'
import { pause } from '../../core/real-clock.ts'
import { errorResponse, flush, message, query, sync } from './encode.ts'
import { errorFields } from './error-fields.ts'
import { ErrorRewrite } from './error-rewrite.ts'
import { fingerprintOf } from './fingerprint.ts'
import type { PostgresSession } from './session.ts'
import { fromClient } from './types.ts'

/** What a fault may do with the connection it strikes. */
export interface ConnectionControl {
  quiet(): Promise<void>
  dismiss(bytes: Buffer): void
  loseAnswer(): Promise<void>
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

const headerSize = 5

/**
 * Lets the client's messages through one by one, so that a fault can take hold of one before its first byte is sent.
 * Used only while a fault is armed; what had begun before is let through.
 */
export class MessageHold {
  readonly #options: MessageHoldOptions
  #bytes: Buffer = Buffer.alloc(0)
  #working = false
  #rewrite: ErrorRewrite | undefined

  constructor(options: MessageHoldOptions) {
    this.#options = options
  }

  /** Whether bytes are held back that must go first. */
  get active(): boolean {
    return this.#working || this.#bytes.length > 0
  }

  /** Takes the client's next bytes. The promise is kept when more can be taken. */
  async push(chunk: Buffer): Promise<void> {
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
      if (disturbance) await this.#disturb(disturbance, next)
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

  async #disturb(disturbance: Disturbance, taken: Buffer): Promise<void> {
    const { session, lane, control } = this.#options
    switch (disturbance.do) {
      case 'delay':
        await pause(disturbance.ms, lane.gone, disturbance.released)
        return this.#pass(taken)
      case 'refuse': {
        if (!disturbance.error.fatal) return this.#refuse(disturbance, taken)
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

  /** Waits for the answers to all that was asked before. */
  async #answered(): Promise<void> {
    const { session, lane, control } = this.#options
    if (session.answered) return
    await lane.write(flush)
    await control.quiet()
  }
}
