import type { Sender } from '../../core/exchange.ts'
import { follow, type Follower } from '../../core/follower.ts'
import type { FailureKind } from '../../core/protocol.ts'
import type { OpenExchange, Recorder } from '../../core/recorder.ts'
import { AnswerFollower, type Waiting } from './answer-follower.ts'
import { fingerprintOf } from './fingerprint.ts'
import { type Greeting, readChangeUser, readGreeting, readLogin } from './handshake.ts'
import type { MysqlQuestion, MysqlReply } from './message.ts'
import { type MysqlFrame, PacketScanner } from './scanner.ts'
import { first, readError } from './server-answer.ts'
import { lastStatement, type Prepared, readExecution, skipAttributes, statementOf } from './statements.ts'
import { capability, command, commandNames } from './types.ts'

/** What a session is told about itself when it begins. */
export interface SessionOptions {
  readonly recorder?: Recorder<MysqlQuestion, MysqlReply>
  /** How many bytes of rows are kept of one answer (default: what the recorder wants). */
  readonly keepBytes?: number
  /** Called with the text of each statement that the client asks to run; undefined when it can no longer be followed. */
  readonly asked?: (sql: string | undefined) => void
}

/** What people look at when nothing is to be replayed. */
const looked = { text: 1 << 20, longData: 1 << 16, rows: 1 << 14 } as const
let sessions = 0

/**
 * Follows one session beside the stream, from the server's greeting on. The server answers commands in order, so the
 * n-th answer belongs to the n-th command that has one.
 */
export class MysqlSession implements Follower {
  readonly id: number = ++sessions
  readonly #options: SessionOptions
  readonly #scanners: Readonly<Record<Sender, PacketScanner>>
  readonly #statements = new Map<number, Prepared>()
  #phase: 'greeting' | 'login' | 'commands' = 'greeting'
  #greeting: Greeting | undefined
  #self: OpenExchange<MysqlReply> | undefined
  #user = ''
  #lastStatement = ''
  readonly #longData: number
  #database = ''
  #capabilities = 0
  #prepared: Prepared | undefined
  readonly #answers: AnswerFollower
  #quiet: (() => void)[] = []
  #lost = false
  #ended = false

  constructor(options: SessionOptions = {}) {
    this.#options = options
    const keepBytes = options.keepBytes ?? options.recorder?.keepBytes
    // Questions are kept whole when they are to be found again.
    const whole = keepBytes === undefined ? undefined : Number.POSITIVE_INFINITY
    this.#longData = whole ?? looked.longData
    this.#answers = new AnswerFollower(keepBytes ?? looked.rows, {
      prepared: (statement, prepared) => void this.#statements.set(statement, prepared),
      refusedToPrepare: (sql) => options.recorder?.open(this.#question('prepare', sql)),
      done: (waiting, failed) => this.#done(waiting, failed),
    })
    this.#scanners = {
      client: new PacketScanner(() => whole ?? looked.text),
      service: new PacketScanner(() => this.#answers.keep),
    }
  }

  get lost(): boolean {
    return this.#lost
  }

  /** The connection is gone. */
  get ended(): boolean {
    return this.#ended
  }

  /** The server has let the client in. */
  get open(): boolean {
    return this.#phase === 'commands'
  }

  /** The greeting is still to come. */
  get ungreeted(): boolean {
    return this.#phase === 'greeting'
  }

  /** The client has not said yet who it is. */
  get awaitsLogin(): boolean {
    return this.#phase === 'login' && this.#self === undefined
  }

  /** The last statement it asked to run. */
  get lastStatement(): string {
    return this.#lastStatement
  }

  /** Number of the session on the server. */
  get thread(): number | undefined {
    return this.#greeting?.thread
  }

  /** The server owes nothing. */
  get answered(): boolean {
    return this.open && this.#answers.idle && this.#scanners.service.atBoundary
  }

  /** The server reads a file or a password of the client, not commands. */
  get expectsData(): boolean {
    return !this.open || this.#answers.takesData
  }

  /** Rows end with a message of the newer kind. */
  get deprecateEof(): boolean {
    return this.#answers.deprecateEof
  }

  get transaction(): boolean {
    return this.#answers.transaction
  }

  atBoundary(from: Sender): boolean {
    return this.#scanners[from].atBoundary
  }

  take(from: Sender, chunk: Buffer, once = false): number {
    if (this.#lost) return chunk.length
    const see = from === 'client' ? this.#fromClient : this.#fromServer
    const taken = follow(this.#scanners[from], chunk, once, see, (reason) => this.#lose(reason))
    if (this.answered || this.#lost) this.#wake()
    return taken
  }

  /** What the client asks to run with this message, if that is what it does; shown before it is sent. */
  preview(body: Buffer): string | undefined {
    if (this.expectsData) return undefined
    if (body[0] === command.query) return this.#text(body)
    if (body[0] === command.execute || body[0] === command.bulkExecute) return this.#statement(body)?.sql ?? ''
    return undefined
  }

  /** The number of the statement that this message executes, if values have been sent to it in pieces. */
  longDataOf(body: Buffer): number | undefined {
    return body[0] === command.execute && this.#statement(body)?.long.size ? statementOf(body) : undefined
  }

  /** What the server answers next does not reach the client. */
  loseAnswer(): void {
    this.#answers.lost = { type: 'failure', failure: 'reset', message: 'the answer was lost on its way to the client' }
  }

  /** Resolves when the server owes nothing, or nothing more will come. */
  async quiet(): Promise<void> {
    while (!this.answered && !this.#lost && !this.#ended)
      await new Promise<void>((resolve) => void this.#quiet.push(resolve))
  }

  /** Nothing is under way, whole messages only, no transaction. */
  get idle(): boolean {
    return this.answered && this.#scanners.client.atBoundary && !this.transaction
  }

  /** Resolves when the session is idle or can no longer be followed, at the latest when `signal` is aborted. */
  async untilIdle(signal: AbortSignal): Promise<void> {
    const wake = (): void => this.#wake()
    signal.addEventListener('abort', wake)
    while (!this.idle && !this.#lost && !this.#ended && !signal.aborted)
      await new Promise<void>((resolve) => void this.#quiet.push(resolve))
    signal.removeEventListener('abort', wake)
  }

  end(failure?: FailureKind, message = ''): void {
    if (this.#ended) return
    this.#ended = true
    const reply: MysqlReply | undefined = failure && { type: 'failure', failure, message }
    if (!this.open && reply) this.#connecting().message('service', reply)
    this.#self?.close('complete')
    this.#answers.end(reply)
    this.#wake()
  }

  #lose(reason: string): void {
    this.#lost = true
    this.#options.asked?.(undefined)
    this.end('malformed', reason)
  }

  #connecting(): OpenExchange<MysqlReply> {
    this.#self ??= this.#options.recorder?.open(this.#question('connect', '')) ?? noExchange
    return this.#self
  }

  #question(kind: MysqlQuestion['kind'], sql: string, more: Partial<MysqlQuestion> = {}): MysqlQuestion {
    return { kind, session: this.id, database: this.#database, user: this.#user, sql, parameters: [], ...more }
  }

  readonly #fromServer = (frame: MysqlFrame): void => {
    const { body } = frame
    if (this.#phase === 'commands') return this.#answers.take(frame)
    if (body[0] === first.error) {
      this.#connecting().message('service', { type: 'error', error: readError(body) })
      return
    }
    if (this.#phase === 'greeting') {
      this.#greeting = readGreeting(body)
      this.#phase = 'login'
      return
    }
    if (body[0] !== first.ok) return
    this.#phase = 'commands'
    this.#connecting().message('service', { type: 'ready', version: this.#greeting?.version ?? '' })
    this.#self?.close('complete')
    this.#self = undefined
  }

  readonly #fromClient = (frame: MysqlFrame): boolean | void => {
    if (this.#phase === 'greeting') throw new RangeError('the client spoke before the server did')
    if (this.#phase === 'commands') return this.#asked(frame)
    // What comes after its login are answers to the server's questions.
    if (this.#self) return undefined
    const login = readLogin(frame.body)
    this.#user = login.user
    this.#database = login.database
    this.#capabilities = (login.capabilities & (this.#greeting?.capabilities ?? 0)) >>> 0
    this.#answers.deprecateEof = (this.#capabilities & capability.deprecateEof) !== 0
    this.#connecting()
    return undefined
  }

  #asked({ body, size }: MysqlFrame): boolean | void {
    if (this.#answers.takesData) return this.#answers.data(size)
    const type = body[0]
    const cut = size > body.length ? ({ cut: true } as const) : undefined
    switch (type) {
      case undefined:
      case command.quit:
        return undefined
      case command.query: {
        const sql = this.#text(body)
        this.#run({ command: type, sql }, this.#question('query', sql, cut))
        return undefined
      }
      case command.prepare: {
        const sql = body.toString('utf8', 1)
        // It may be executed before the server has answered.
        this.#prepared = { sql, long: new Map() }
        this.#answers.push({ command: type, sql, exchange: undefined, prepared: this.#prepared })
        return undefined
      }
      case command.execute:
      case command.bulkExecute: {
        const prepared = this.#statement(body)
        const sql = prepared?.sql ?? ''
        const execution =
          prepared && type === command.execute ? readExecution(body, size, prepared, this.#capabilities) : undefined
        if (!prepared) this.#options.asked?.(undefined)
        this.#answers.closeCursor(statementOf(body))
        const { parameters = [], cursor = false } = execution ?? {}
        this.#run(
          { command: type, sql, statement: statementOf(body), cursor },
          this.#question('execute', sql, { parameters, ...cut }),
        )
        return undefined
      }
      case command.sendLongData:
        this.#keepLongData(body)
        return undefined
      case command.closeStatement:
        this.#answers.closeCursor(statementOf(body))
        this.#statements.delete(statementOf(body))
        return undefined
      case command.fetch:
        this.#answers.push({ command: type, sql: '', exchange: undefined, statement: statementOf(body) })
        return undefined
      case command.resetStatement:
        this.#statement(body)?.long.clear()
        this.#answers.closeCursor(statementOf(body))
        this.#answers.push({ command: type, sql: '', exchange: undefined })
        return undefined
      default:
        return this.#command(type, body)
    }
  }

  #run(waiting: Omit<Waiting, 'exchange'>, question: MysqlQuestion): void {
    this.#lastStatement = waiting.sql
    this.#options.asked?.(waiting.sql)
    this.#answers.push({ ...waiting, exchange: this.#options.recorder?.open(question) })
  }

  #command(type: number, body: Buffer): boolean | void {
    const name = commandNames[type]
    // A replica, or something newer: what follows is no conversation that could be followed.
    if (name === undefined) throw new RangeError(`command ${type} is not known`)
    const target = type === command.initDb || type === command.createDb || type === command.dropDb
    const sql = target ? `${name} ${body.toString('utf8', 1)}` : name
    if (type === command.createDb || type === command.dropDb) this.#options.asked?.(sql)
    const exchange = this.#options.recorder?.open(this.#question('command', sql))
    const wanted =
      type === command.initDb
        ? { database: body.toString('utf8', 1) }
        : type === command.changeUser
          ? readChangeUser(body)
          : undefined
    this.#answers.push({ command: type, sql, exchange, ...(wanted && { becomes: wanted }) })
    return undefined
  }

  #text(body: Buffer): string {
    const attributes = (this.#capabilities & capability.queryAttributes) !== 0
    return body.toString('utf8', attributes ? skipAttributes(body) : 1)
  }

  #statement(body: Buffer): Prepared | undefined {
    const number = statementOf(body)
    return number === lastStatement ? this.#prepared : this.#statements.get(number)
  }

  #keepLongData(body: Buffer): void {
    const prepared = this.#statement(body)
    if (!prepared || body.length < 7) return
    const index = body.readUInt16LE(5)
    const pieces = prepared.long.get(index) ?? []
    const kept = pieces.reduce((sum, { length }) => sum + length, 0)
    pieces.push(Buffer.from(body.subarray(7, 7 + Math.max(0, this.#longData - kept))))
    prepared.long.set(index, pieces)
  }

  #done({ command: type, sql, becomes }: Waiting, failed: boolean): void {
    if (failed) return
    if (becomes) {
      this.#database = becomes.database
      this.#user = becomes.user ?? this.#user
    }
    if (type === command.changeUser || type === command.resetConnection) this.#statements.clear()
    if (type === command.query && /^\s*use\b/i.test(sql)) {
      const [, database] = fingerprintOf(sql).operation.split('USE ')
      if (database) this.#database = database.replaceAll('`', '')
    }
  }

  #wake(): void {
    for (const resolve of this.#quiet.splice(0)) resolve()
  }
}

const noExchange: OpenExchange<MysqlReply> = { message: () => {}, close: () => {} }
