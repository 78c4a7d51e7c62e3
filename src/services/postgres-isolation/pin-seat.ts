import { once } from 'node:events'
import { type Duplex, duplexPair } from 'node:stream'
import { BodyReader } from '../../protocols/postgres/decode.ts'
import { errorResponse, flush, message, query, readyForQuery, sync } from '../../protocols/postgres/encode.ts'
import { type SqlStatement, splitSql } from '../../protocols/postgres/split-sql.ts'
import { fromClient, fromServer } from '../../protocols/postgres/types.ts'
import { messagesIn, type WholeMessage, WholeMessages } from '../../protocols/postgres/whole-messages.ts'
import { PinBlock } from './pin-block.ts'
import { failure, markedBy } from './pin-errors.ts'
import type { PinPitfall } from './pin-pitfall.ts'
import { SeatAnswers } from './seat-answers.ts'
import { namesIn, readParse, SeatNames } from './seat-names.ts'
import type { Holder, SharedSession } from './shared-session.ts'
import { type TransactionControl, transactionControl } from './transaction-control.ts'
import { realAbortAfter } from '../../core/real-clock.ts'

/** What a seat is told. */
export interface PinSeatOptions {
  readonly shared: SharedSession
  /** How long a turn is waited for while another client is in a transaction, milliseconds. */
  readonly waitMs: number
  /** Called with what the client wants to run. What it returns is why it must not. */
  readonly asked: (sql: string) => PinPitfall | undefined
  /** Another client was in a transaction when this one wanted a turn. */
  readonly waited: (sql: string) => void
  /** Stops what the session does. */
  readonly cancel: () => Promise<void>
}

let seats = 0

/** What one client sees of a session that it shares: a session of its own. */
export class PinSeat implements Holder {
  /** Where the client's messages go, as if it were the server. */
  readonly server: Duplex
  readonly #far: Duplex
  readonly #options: PinSeatOptions
  readonly #shared: SharedSession
  readonly #block: PinBlock
  readonly #names = new SeatNames(++seats)
  readonly #answers: SeatAnswers
  #out: Buffer[] = []
  #turn = false
  /** The client has sent extended messages and no Sync yet. */
  #group = false
  /** A query is under way, or a Sync: what comes next waits for it. */
  #ready: Promise<void> | undefined
  /** The Parse message of the statement without a name; ended by every statement of ours. */
  #unnamed: Buffer | undefined
  #unnamedThere = false
  #gone = false
  /** What is asked after it must not be struck by it. */
  #cancelling: Promise<void> | undefined
  /** Until what the client has not read yet is fewer again. */
  #draining: Promise<void> | undefined
  readonly #leaving = new AbortController()
  /** Resolves when the seat has left nothing behind in the session. */
  readonly left: Promise<void>

  constructor(options: PinSeatOptions) {
    this.#options = options
    this.#shared = options.shared
    this.#block = new PinBlock(options.shared)
    ;[this.server, this.#far] = duplexPair()
    this.#far.on('error', () => {})
    this.server.once('close', () => this.#far.destroy())
    this.#answers = new SeatAnswers({
      names: this.#names,
      shared: this.#shared,
      write: (bytes) => this.#write(bytes),
    })
    this.#shared.join(this)
    this.left = this.#serve()
  }

  get inTransaction(): boolean {
    return this.#block.transaction
  }

  told(parameter: Buffer): void {
    this.#write(parameter)
  }

  lost(): void {
    const M = 'the session that all connections share has ended (Mortar, isolation pin)'
    this.#write(errorResponse({ S: 'FATAL', V: 'FATAL', C: '57P01', M }))
    this.#far.end()
    this.#answers.look()
  }

  answered(messages: Buffer): void {
    this.#answers.push(messages)
  }

  /** Stops the statement that is under way, if one is. */
  cancel(): void {
    if (this.#turn && this.#answers.status === undefined) this.#cancelling ??= this.#options.cancel().catch(() => {})
  }

  async #serve(): Promise<void> {
    const messages = new WholeMessages()
    try {
      for await (const chunk of this.#far as AsyncIterable<Buffer>) {
        for (const each of messagesIn(messages.push(chunk))) await this.#take(each)
        await this.#send()
      }
    } catch {
      this.#far.destroy()
    }
    this.#gone = true
    await this.#leave().catch(() => {})
    this.#shared.part(this)
    this.#far.end()
  }

  async #take({ type, bytes }: WholeMessage): Promise<void> {
    if (type === fromClient.terminate) return
    if (copyTypes.has(type)) return this.#copy(type, bytes)
    if (type === fromClient.sync && this.#answers.eatenSync) {
      this.#answers.eatenSync = false
      return this.#forward(bytes)
    }
    if (this.#ready) {
      await this.#send()
      await this.#ready
    }
    if (type === fromClient.query || type === fromClient.functionCall) {
      if (!this.#answers.skipping) this.#ready = this.#watched(this.#query(type, bytes))
    } else if (type === fromClient.sync) this.#ready = this.#watched(this.#sync())
    else if (!this.#answers.skipping) await this.#extended(type, bytes)
  }

  async #copy(type: number, bytes: Buffer): Promise<void> {
    await this.#send()
    if (!this.#answers.copying && this.#ready)
      await Promise.race([this.#answers.until(() => this.#answers.copying), this.#ready])
    // After an error the client may go on for a while; nobody takes it.
    if (!this.#answers.copying) return
    if (type !== fromClient.copyData) this.#answers.copying = false
    this.#forward(bytes)
  }

  async #query(type: number, bytes: Buffer): Promise<void> {
    const sql = type === fromClient.query ? new BodyReader(bytes, 5).text() : 'SELECT unknown()'
    if (!(await this.#enter(sql))) return this.#write(readyForQuery('I'))
    this.#unnamed = undefined
    const refused = this.#options.asked(sql)
    const statements = splitSql(sql)
    if (refused || !statements.some(transactionControl)) {
      if (statements.some(declares)) this.#block.cursors = true
      await this.#run(refused ? query(this.#marked(refused)) : bytes)
    } else await this.#pieces(statements)
    return this.#settle()
  }

  /** Runs the statements of a text one by one, since some of them control the transaction. */
  async #pieces(statements: readonly SqlStatement[]): Promise<void> {
    for (const statement of statements) {
      const control = transactionControl(statement)
      const done = control ? await this.#control(control) : await this.#run(query(statement.text))
      if (!done) return
    }
  }

  /** Runs a simple query. Returns whether it went well. */
  async #run(bytes: Buffer): Promise<boolean> {
    await this.#block.enter()
    this.#answers.simple = true
    this.#answers.status = undefined
    this.#forward(bytes)
    await this.#answered()
    this.#answers.simple = false
    const failed = this.#answers.status === 'E'
    if (this.#block.transaction) this.#block.failed = failed
    else if (failed) await this.#block.end(true)
    return !failed
  }

  async #extended(type: number, bytes: Buffer): Promise<void> {
    this.#group = true
    const parse = type === fromClient.parse ? readParse(bytes) : undefined
    if (!(await this.#enter(parse?.sql ?? ''))) {
      this.#answers.skipping = true
      return
    }
    if (type === fromClient.flush) return this.#forward(bytes)
    const [only, ...more] = parse ? splitSql(parse.sql) : []
    const refused = parse && this.#options.asked(parse.sql)
    const control = only && more.length === 0 && !refused ? transactionControl(only) : undefined
    if (!control) await this.#block.enter()
    let sent: Buffer | TransactionControl
    if (parse) {
      if (only && declares(only)) this.#block.cursors = true
      const rewritten = this.#names.parse(refused ? { ...parse, sql: this.#marked(refused) } : parse, control)
      sent = control ?? rewritten
      if (parse.name === '') {
        this.#unnamed = control ? undefined : rewritten
        this.#unnamedThere = true
      }
    } else {
      this.#useNames(type, bytes)
      if (type === fromClient.bind) sent = this.#names.bind(bytes)
      else sent = type === fromClient.execute ? this.#names.execute(bytes) : this.#names.about(bytes)
    }
    if (Buffer.isBuffer(sent)) {
      this.#answers.owed++
      return this.#forward(sent)
    }
    return this.#answerControl(type, bytes, sent)
  }

  /** Makes sure that the statement without a name is there, although statements of ours have ended it. */
  #useNames(type: number, bytes: Buffer): void {
    if (type !== fromClient.bind && type !== fromClient.describe) return
    const { statement, portal } = namesIn(bytes)
    if (portal !== '') this.#block.cursors = true
    if (statement !== '' || this.#unnamedThere || !this.#unnamed) return
    this.#unnamedThere = true
    this.#answers.owed++
    this.#answers.unasked++
    this.#forward(this.#unnamed)
  }

  /** Answers in the server's stead, after the answers to all that came before. */
  async #answerControl(type: number, bytes: Buffer, control: TransactionControl): Promise<void> {
    if (this.#answers.owed > 0) {
      this.#forward(flush)
      await this.#send()
      await this.#answers.until(() => this.#answers.owed === 0)
    }
    if (this.#answers.skipping) return
    if (type === fromClient.execute) {
      this.#answers.skipping = !(await this.#control(control))
      return
    }
    if (type === fromClient.parse) return this.#write(message(fromServer.parseComplete))
    if (type === fromClient.bind) return this.#write(message(fromServer.bindComplete))
    if (type === fromClient.close) return this.#write(message(fromServer.closeComplete))
    if (bytes[5] === 0x53) this.#write(message(fromServer.parameterDescription, Buffer.alloc(2)))
    this.#write(message(fromServer.noData))
  }

  /** Does BEGIN, COMMIT or ROLLBACK and tells the client. Returns whether it went well. */
  async #control(control: TransactionControl): Promise<boolean> {
    await this.#send()
    this.#unnamedThere = false
    const { tag, warning, error } = await this.#block.control(control)
    if (warning) {
      const [C, M] = warning
      this.#write(message(fromServer.notice, 'SWARNING', 'VWARNING', `C${C}`, `M${M}`, Buffer.alloc(1)))
    }
    this.#write(error ? failure(error) : message(fromServer.commandComplete, tag))
    return !error
  }

  async #sync(): Promise<void> {
    const group = this.#group
    this.#group = false
    if (this.#turn && group) {
      this.#answers.status = undefined
      this.#answers.syncing = true
      this.#forward(sync)
      await this.#answered()
      this.#answers.syncing = false
      this.#answers.owed = 0
      this.#answers.unasked = 0
      if (this.#block.transaction) this.#block.failed = this.#answers.status === 'E'
    }
    this.#answers.skipping = false
    return this.#settle()
  }

  /** Ends what is no transaction of the client's, and says that it may go on. */
  async #settle(): Promise<void> {
    if (this.#turn && !this.#block.transaction) {
      const error = await this.#block.end(this.#answers.status === 'E')
      if (error) this.#write(failure(error))
      this.#names.forgetPortals()
      this.#giveTurn()
    }
    this.#write(readyForQuery(this.#block.status))
  }

  /** Waits for a turn. Where none comes, the client is told and false returned. */
  async #enter(sql: string): Promise<boolean> {
    if (this.#turn) return true
    const { waited, waitMs } = this.#options
    if (this.#shared.holder?.inTransaction) waited(sql)
    if (!(await this.#shared.take(this, AbortSignal.any([this.#leaving.signal, realAbortAfter(waitMs)])))) {
      const M = `another connection is in a transaction for ${waitMs} ms, and all share one (Mortar, isolation pin)`
      this.#write(errorResponse({ S: 'ERROR', V: 'ERROR', C: '55P03', M }))
      return false
    }
    this.#turn = true
    this.#unnamedThere = false
    this.#answers.status = 'T'
    return true
  }

  #giveTurn(): void {
    this.#turn = false
    this.#shared.give()
  }

  /** The client is gone: what it had not finished is undone. */
  async #leave(): Promise<void> {
    if (this.#shared.ended) return
    this.#out = []
    this.#leaving.abort()
    if (this.#ready) {
      if (this.#answers.copying) this.#forward(message(fromClient.copyFail, 'the client has gone'))
      else this.cancel()
      if (this.#answers.eatenSync) this.#forward(sync)
      await this.#send()
      await this.#ready
    }
    if (this.#turn) {
      if (this.#group) {
        if (this.#answers.copying) this.#forward(message(fromClient.copyFail, 'the client has gone'))
        this.#answers.status = undefined
        this.#forward(sync)
        await this.#answered()
      }
      if (this.#turn) await this.#block.end(true)
    } else await this.#shared.take(this)
    const closes = this.#names.closeAll()
    if (closes.length > 0) await this.#shared.ask(Buffer.concat([...closes, sync]))
    this.#giveTurn()
  }

  #marked(refused: PinPitfall): string {
    this.#answers.refused = refused
    return markedBy(refused)
  }

  #forward(bytes: Buffer): void {
    this.#out.push(bytes)
  }

  async #send(): Promise<void> {
    if (this.#out.length === 0) return
    const bytes = Buffer.concat(this.#out)
    this.#out = []
    await this.#shared.send(bytes)
  }

  /** Waits for the server's ReadyForQuery. */
  async #answered(): Promise<void> {
    await this.#send()
    await this.#answers.until(() => this.#answers.status !== undefined)
    await this.#cancelling
    this.#cancelling = undefined
  }

  async #watched(work: Promise<void>): Promise<void> {
    await work.catch(() => this.#far.destroy())
    this.#ready = undefined
  }

  #write(bytes: Buffer): void {
    if (this.#gone || this.#far.destroyed || this.#far.write(bytes)) return
    this.#draining ??= this.#drained()
    this.#shared.pauseUntil(this.#draining)
  }

  async #drained(): Promise<void> {
    const over = new AbortController()
    const either = ['drain', 'close'].map((event) => once(this.#far, event, over))
    await Promise.race(either).catch(() => {})
    over.abort()
    this.#draining = undefined
  }
}

/** Opens a cursor that ends with the transaction. */
function declares({ words }: SqlStatement): boolean {
  return words[0] === 'DECLARE' && !words.includes('HOLD')
}

const copyTypes: ReadonlySet<number> = new Set([fromClient.copyData, fromClient.copyDone, fromClient.copyFail])
