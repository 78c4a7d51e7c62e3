import type { PostgresError } from '../../protocols/postgres/message.ts'
import { PostgresFailed } from '../../protocols/postgres/own-session.ts'
import type { SharedSession } from './shared-session.ts'
import type { TransactionControl } from './transaction-control.ts'

/** What a client is told of its BEGIN, COMMIT or ROLLBACK. */
export interface ControlOutcome {
  readonly tag: string
  /** A warning, with its SQLSTATE. */
  readonly warning?: readonly [code: string, message: string]
  /** The commit failed, and the transaction was rolled back. */
  readonly error?: PostgresError
}

// Whoever reads an error of the server that names it should know whose it is.
const name = 'mortar_pin'
/**
 * The transaction of one client, played by a savepoint of the one that all share. A statement outside of a transaction
 * has a savepoint too, so that its failure costs nobody else anything.
 */
export class PinBlock {
  /** Whether the client has begun a transaction. */
  transaction = false
  /** Whether that has failed. */
  failed = false
  /** Whether cursors may be open that end with it. */
  cursors = false
  readonly #shared: SharedSession
  #open = false

  constructor(shared: SharedSession) {
    this.#shared = shared
  }

  get open(): boolean {
    return this.#open
  }

  /** As ReadyForQuery says it. */
  get status(): string {
    if (!this.transaction) return 'I'
    return this.failed ? 'E' : 'T'
  }

  /** Before a statement. */
  async enter(): Promise<void> {
    if (this.#open) return
    await this.#shared.run(`SAVEPOINT ${name}`)
    this.#open = true
  }

  /** Makes what was done stay, or undoes it. Returns the error when it cannot stay; then it is undone. */
  async end(failed: boolean): Promise<PostgresError | undefined> {
    const wasOpen = this.#open
    this.#open = false
    this.transaction = false
    this.failed = false
    const cursors = this.cursors
    this.cursors = false
    if (!wasOpen) return undefined
    if (!failed) {
      try {
        if (this.#shared.check !== '') await this.#shared.run(this.#shared.check)
        await this.#shared.run(`${cursors ? 'CLOSE ALL; ' : ''}RELEASE ${name}`)
        return undefined
      } catch (error) {
        if (!(error instanceof PostgresFailed)) throw error
        await this.#undo()
        return error.server
      }
    }
    await this.#undo()
    return undefined
  }

  /** Does what BEGIN, COMMIT or ROLLBACK does. */
  async control({ does, tag, chain, readOnly }: TransactionControl): Promise<ControlOutcome> {
    if (does === 'begin') {
      if (this.transaction) return { tag, warning: ['25001', 'there is already a transaction in progress'] }
      await this.enter()
      if (readOnly) await this.#shared.run('SET TRANSACTION READ ONLY')
      this.transaction = true
      return { tag }
    }
    const { transaction, failed } = this
    const error = await this.end(failed || does === 'rollback')
    if (chain && transaction && !error) {
      await this.enter()
      this.transaction = true
    }
    return {
      tag: failed ? 'ROLLBACK' : tag,
      ...(!transaction && { warning: ['25P01', 'there is no transaction in progress'] as const }),
      ...(error && { error }),
    }
  }

  async #undo(): Promise<void> {
    await this.#shared.run(`ROLLBACK TO ${name}; RELEASE ${name}`)
  }
}
