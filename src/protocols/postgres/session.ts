import { AskedClock } from '../../core/asked-clock.ts'
import type { Sender } from '../../core/exchange.ts'
import type { OpenExchange, Recorder } from '../../core/recorder.ts'
import { AnswerKeeper, copyingOf } from './answer-keeper.ts'
import { BodyReader } from './decode.ts'
import { Expectations, startupToken, type Token } from './expectations.ts'
import { clientKeepTable, serverKeepTable } from './kept-messages.ts'
import { Listeners } from './listeners.ts'
import type { PostgresFailure, PostgresQuestion, PostgresReply, Rows, TransactionStatus } from './message.ts'
import { readFieldList, readTypes } from './rows.ts'
import { readyReplies, statusOf } from './ready.ts'
import { MessageScanner } from './scanner.ts'
import { readServerError } from './server-error.ts'
import { Settling } from './settling.ts'
import { type Portal, StatementNames } from './statements.ts'
import { fromClient, fromServer } from './types.ts'

/** What a session is told about itself when it begins. */
export interface SessionOptions {
  readonly parameters: ReadonlyMap<string, string>
  readonly recorder?: Recorder<PostgresQuestion, PostgresReply>
  /** Called with the text of each statement that the client asks to run. */
  readonly asked?: (sql: string) => void
  /** Shared by the sessions of one wire, to tell the order of what they do. */
  readonly clock?: AskedClock
}

const extended: ReadonlySet<number> = new Set([fromClient.bind, fromClient.describe, fromClient.close])
// Stands for what may do anything: a fast-path call, or what can no longer be followed.
const unknownCall = 'CALL'
let sessions = 0

type Running = OpenExchange<PostgresReply>

const syncToken: Token<Running> = { type: fromClient.sync, tag: undefined, sql: '' }
const describeToken: Token<Running> = { type: fromClient.describe, tag: undefined, sql: '' }

/**
 * Follows one session beside the stream: is shown every chunk of both directions, changes none, and tells what was
 * asked and what came back. The messages before and including the start-up message are not shown to it.
 */
export class PostgresSession {
  readonly id: number = ++sessions
  /** Whether the client has said goodbye: nothing more comes from it, and it expects nothing. */
  leaving = false
  readonly statements: StatementNames = new StatementNames()
  readonly fromClient: MessageScanner
  #fromServer: MessageScanner
  readonly #waiting = new Expectations<Running>()
  readonly #options: SessionOptions
  readonly #user: string
  readonly #database: string
  readonly #self: OpenExchange<PostgresReply> | undefined
  readonly #settling = new Settling<Running>()
  /** Absent: rows and COPY data are only counted. */
  readonly #keeper: AnswerKeeper | undefined
  readonly #listeners: Listeners | undefined
  #transaction: TransactionStatus = 'idle'
  #copying = false
  #rows = 0
  #bytes = 0
  #copied = 0
  #lost = false
  #ended = false

  constructor(options: SessionOptions) {
    this.#options = options
    this.#user = options.parameters.get('user') ?? ''
    this.#database = options.parameters.get('database') ?? this.#user
    const { recorder, clock = new AskedClock() } = options
    const { keepBytes } = recorder ?? {}
    if (keepBytes !== undefined) {
      this.#keeper = new AnswerKeeper(keepBytes)
      this.#listeners = new Listeners(clock)
    }
    this.fromClient = new MessageScanner(clientKeepTable(keepBytes), (...seen) => this.#asked(...seen))
    this.#self = recorder?.open(this.#question('connect', '', []))
    this.#fromServer = this.#serverScanner()
    this.#waiting.push({ type: startupToken, tag: undefined, sql: '' })
  }

  get transaction(): TransactionStatus {
    return this.#transaction
  }

  /** Nothing is under way, whole messages only, no transaction: the session could go on elsewhere. */
  get idle(): boolean {
    return this.settled && this.#transaction === 'idle'
  }

  /** Every message of both sides is whole and answered. */
  get settled(): boolean {
    return this.answered && this.fromClient.atBoundary
  }

  /** The server owes nothing, whatever the client may be in the middle of. */
  get answered(): boolean {
    return this.#waiting.length === 0 && !this.#copying && this.#fromServer.atBoundary
  }

  /** The server would not do what comes now: the transaction has failed, or the group of messages has. */
  get refusing(): boolean {
    return this.#transaction === 'failed' || this.#waiting.skipping
  }

  /** Whether COPY data is on its way from the client. */
  get copying(): boolean {
    return this.#copying
  }

  /** True once bytes came that no PostgreSQL would send; from then on nothing is followed. */
  get lost(): boolean {
    return this.#lost
  }

  client(chunk: Buffer): void {
    this.#follow(this.fromClient, chunk)
  }

  server(chunk: Buffer): void {
    this.#follow(this.#fromServer, chunk)
  }

  /** The connection is gone; what waited is taken down as it is. */
  end(failure?: PostgresFailure, message = ''): void {
    const reply: PostgresReply | undefined = failure && { type: 'failure', failure, message }
    for (const { tag } of this.#waiting.clear()) {
      if (reply) tag?.message('service', reply)
      tag?.close('abandoned')
    }
    for (let done = this.#settling.next(); done; done = this.#settling.next()) done.close('complete')
    this.#listeners?.end()
    if (this.#ended) return
    this.#ended = true
    if (reply) this.#self?.message('service', reply)
    this.#self?.close('complete')
  }

  /** What the client asks to run with this message, if that is what it does; shown before it is sent. */
  preview(type: number, body: Buffer): string | undefined {
    if (type === fromClient.query) return new BodyReader(body).text()
    return type === fromClient.execute ? this.statements.execute(body, 0)?.sql : undefined
  }

  #follow(scanner: MessageScanner, chunk: Buffer): void {
    if (this.#lost) return
    try {
      scanner.push(chunk)
    } catch (error) {
      this.#loseTrack()
      this.end('malformed', (error as Error).message)
    }
  }

  #loseTrack(): void {
    this.#lost = true
    this.#options.asked?.(unknownCall)
  }

  #asked(type: number, bytes: Buffer, at: number, end: number, size: number): void {
    switch (type) {
      case fromClient.parse: {
        const prepared = this.statements.parse(bytes.subarray(at, end))
        this.#waiting.push({ type, tag: undefined, sql: prepared.sql, prepared })
        return
      }
      case fromClient.bind:
        this.#waiting.push({ type, tag: undefined, sql: this.statements.bind(bytes, at, end, size) })
        return
      case fromClient.execute: {
        const portal = this.statements.execute(bytes, at)
        this.#run(type, portal?.sql ?? '', portal)
        return
      }
      case fromClient.query:
        this.#run(type, new BodyReader(bytes, at, end).text())
        return
      case fromClient.describe:
        if (this.#keeper) this.#describe(bytes.subarray(at, end))
        else this.#waiting.push(describeToken)
        return
      case fromClient.close:
        this.statements.close(bytes.subarray(at, end))
        this.#waiting.push({ type, tag: undefined, sql: '' })
        return
      case fromClient.sync:
        if (!this.#copying) this.#waiting.push(syncToken)
        return
      case fromClient.functionCall:
        this.#run(type, '')
        return
      case fromClient.copyData:
        // After an error the client may go on for a while; nobody takes it.
        if (!this.#copying) return
        this.#copied++
        this.#bytes += size
        this.#keeper?.copy(bytes, at, end, size)
        return
      case fromClient.copyDone:
      case fromClient.copyFail:
        if (this.#copying && this.#keeper) this.#sayCopied('client')
        this.#copying = false
        return
      case fromClient.terminate:
        this.leaving = true
    }
  }

  #describe(body: Buffer): void {
    if (!this.#waiting.answers(fromClient.describe)) return
    const { prepared, portal } = this.statements.described(body)
    const tag = prepared && this.#options.recorder?.open(this.#question('prepare', prepared.sql, []))
    this.#waiting.push({ type: fromClient.describe, tag, sql: '', prepared, portal })
  }

  #run(type: number, sql: string, portal?: Portal): void {
    if (!this.#waiting.answers(type)) return
    const { recorder, asked } = this.#options
    asked?.(type === fromClient.functionCall ? unknownCall : sql)
    const exchange = recorder?.open(this.#question('statement', sql, portal ? portal.parameters() : []))
    if (exchange) this.#listeners?.asked(sql, exchange)
    this.#waiting.push({ type, tag: exchange, sql, portal })
  }

  #question(kind: PostgresQuestion['kind'], sql: string, parameters: PostgresQuestion['parameters']): PostgresQuestion {
    return { kind, session: this.id, database: this.#database, user: this.#user, sql, parameters }
  }

  #serverScanner(): MessageScanner {
    const { keepBytes } = this.#options.recorder ?? {}
    return new MessageScanner(serverKeepTable(keepBytes), (type, bytes, at, end, size) => {
      if (type === fromServer.dataRow) {
        this.#rows++
        this.#bytes += size
        this.#keeper?.row(bytes, at, end, size)
      } else this.#answered(type, bytes, at, end, size)
    })
  }

  #answered(type: number, bytes: Buffer, at: number, end: number, size: number): void {
    switch (type) {
      case fromServer.parseComplete: {
        const prepared = this.#waiting.take(fromClient.parse)?.prepared
        if (prepared) prepared.accepted = true
        return
      }
      case fromServer.bindComplete:
      case fromServer.closeComplete:
        if (extended.has(this.#waiting.head?.type ?? -1)) this.#waiting.shift()
        return
      case fromServer.rowDescription:
      case fromServer.noData: {
        const token = this.#waiting.take(fromClient.describe)
        if (this.#keeper) this.#described(token, type === fromServer.noData ? undefined : bytes.subarray(at, end))
        return
      }
      case fromServer.parameterDescription:
        if (this.#keeper) this.#keeper.parameters = readTypes(bytes.subarray(at, end))
        return
      case fromServer.commandComplete:
      case fromServer.emptyQuery:
        return this.#completed(bytes, at, end)
      case fromServer.portalSuspended:
        this.#reply({ type: 'suspended', ...this.#takeRows() })
        return this.#settle()
      case fromServer.error:
        return this.#failed(bytes.subarray(at, end))
      case fromServer.ready:
        return this.#ready(statusOf[bytes[at]!] ?? 'idle')
      case fromServer.copyOut:
        if (this.#keeper) this.#reply(copyingOf('out', bytes.subarray(at, end)))
        return
      case fromServer.copyIn:
        if (this.#keeper) this.#reply(copyingOf('in', bytes.subarray(at, end)))
        this.#copying = true
        this.#waiting.ignoreSyncs()
        return
      case fromServer.copyBoth:
        // Replication has messages of its own.
        this.#loseTrack()
        return this.end()
      case fromServer.copyData:
        this.#copied++
        this.#bytes += size
        this.#keeper?.copy(bytes, at, end, size)
        return
      case fromServer.notice:
        this.#reply({ type: 'notice', error: readServerError(bytes.subarray(at, end)) })
        return
      case fromServer.notification:
        this.#notified(bytes.subarray(at, end))
        return
      case fromServer.parameterStatus: {
        const reader = new BodyReader(bytes.subarray(at, end))
        const parameter: PostgresReply = { type: 'parameter', name: reader.text(), value: reader.text() }
        if (this.#keeper) this.#reply(parameter)
        else this.#self?.message('service', parameter)
      }
    }
  }

  #completed(bytes: Buffer, at: number, end: number): void {
    this.#copying = false
    if (!this.#options.recorder) return this.#settle()
    const command = new BodyReader(bytes, at, end).text()
    if (this.#copied > 0) this.#sayCopied('service')
    this.#reply(
      this.#keeper
        ? { type: 'result', command, ...this.#takeRows() }
        : { type: 'result', command, rows: this.#rows, bytes: this.#bytes },
    )
    this.#settle()
  }

  #takeRows(): Rows {
    const counted = { rows: this.#rows, bytes: this.#bytes }
    return this.#keeper
      ? { ...counted, ...this.#keeper.takeRows(this.#rows, this.#waiting.head?.portal?.columns()) }
      : counted
  }

  #sayCopied(from: Sender): void {
    const counted = { messages: this.#copied, bytes: this.#bytes }
    const copied = { type: 'copied', ...counted, ...this.#keeper?.takeCopied(from === 'client') } as const
    ;(this.#waiting.head?.tag ?? this.#self)?.message(from, copied)
    if (from === 'client') this.#copied = 0
  }

  #described(token: Token<Running> | undefined, body: Buffer | undefined): void {
    const fields = body ? readFieldList(body) : null
    if (!token && fields) this.#keeper!.fields = fields
    if (token?.portal) token.portal.fields = fields
    if (!token?.prepared) return
    token.prepared.fields = fields
    token.tag?.message('service', { type: 'description', parameters: this.#keeper!.parameters, fields })
    this.#settling.add(token.tag)
  }

  #notified(body: Buffer): void {
    // The first four bytes are the process that notified.
    const reader = new BodyReader(body, 4)
    const [channel, payload] = [reader.text(), reader.text()]
    if (this.#listeners?.notified(channel, payload)) return
    this.#self?.message('service', { type: 'notification', channel, payload })
  }

  /** A result has come. An Execute is answered by it; a simple query may have more. */
  #settle(): void {
    this.#rows = 0
    this.#bytes = 0
    this.#copied = 0
    this.#keeper?.clear()
    const done = this.#waiting.take(fromClient.execute)
    this.#settling.add(done?.tag)
  }

  #failed(body: Buffer): void {
    const error = readServerError(body)
    this.#copying = false
    const reply: PostgresReply = { type: 'error', error }
    if (this.#waiting.length === 0) {
      this.#self?.message('service', reply)
      return
    }
    const head = this.#waiting.head!
    const dropped = this.#waiting.fail()
    if (dropped.length === 0) (head.tag ?? this.#self)?.message('service', reply)
    else this.#drop(dropped, reply)
    this.#settle()
  }

  #drop(dropped: readonly Token<Running>[], reply: PostgresReply): void {
    const asked = dropped.flatMap(({ tag }) => tag ?? [])
    const [culprit = this.#options.recorder?.open(this.#question('prepare', dropped[0]!.sql, [])), ...others] = asked
    culprit?.message('service', reply)
    for (const other of others) other.message('service', { type: 'skipped' })
    for (const each of [culprit, ...others]) this.#settling.add(each)
  }

  #ready(transaction: TransactionStatus): void {
    this.#transaction = transaction
    const done = this.#waiting.ready()
    this.#settling.add(done?.tag)
    if (done?.type === startupToken) this.#self?.message('service', readyReplies[transaction])
    for (let exchange = this.#settling.next(); exchange; exchange = this.#settling.next()) {
      exchange.message('service', readyReplies[transaction])
      if (!this.#listeners?.answered(exchange)) exchange.close('complete')
    }
    this.#rows = 0
    this.#bytes = 0
    this.#copied = 0
    if (transaction === 'idle' && this.#waiting.length === 0) this.statements.forgetPortals()
  }

  #reply(reply: PostgresReply): void {
    const exchange = this.#waiting.head?.tag ?? this.#self
    exchange?.message('service', reply)
  }
}
