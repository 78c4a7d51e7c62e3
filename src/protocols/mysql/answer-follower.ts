import type { OpenExchange } from '../../core/recorder.ts'
import { BodyReader } from './decode.ts'
import type { MysqlReply } from './message.ts'
import { ResultReader } from './result-reader.ts'
import type { MysqlFrame } from './scanner.ts'
import { type AnswerEnd, first, progressErrno, readDone, readEnd, readError } from './server-answer.ts'
import type { Prepared } from './statements.ts'
import { command, status } from './types.ts'

type Exchange = OpenExchange<MysqlReply> | undefined

/** A command that waits for its answer. */
export interface Waiting {
  readonly command: number
  readonly sql: string
  readonly exchange: Exchange
  /** What is being prepared. */
  readonly prepared?: Prepared
  /** Number of the prepared statement. */
  readonly statement?: number
  readonly cursor?: boolean
  /** Who and where the session is once it has succeeded. */
  readonly becomes?: { readonly database: string; readonly user?: string }
}

/** Who is told what an answer means to the session. */
export interface AnswerEvents {
  prepared(statement: number, prepared: Prepared): void
  /** Makes the exchange of a statement that could not even be prepared. */
  refusedToPrepare(sql: string): Exchange
  done(waiting: Waiting, failed: boolean): void
}

interface Cursor {
  readonly exchange: Exchange
  readonly result: ResultReader
}

/** What the next message of the server is. */
type Expected = 'first' | 'columns' | 'endOfColumns' | 'rows' | 'file' | 'definitions'

// The server has rolled the whole transaction back, and an error says nothing of the state.
const deadlock = 1213
// Enough for whatever ends an answer.
const ending = 1 << 12

/** What the server still owes, in order, and how far it has come with the first of it. */
export class AnswerFollower {
  deprecateEof = false
  /** What becomes of the next answer after it has come, since the client does not get it. */
  lost: MysqlReply | undefined
  /** State of the session, by the last answer. */
  transaction = false
  readonly #keepBytes: number
  readonly #events: AnswerEvents
  readonly #waiting: Waiting[] = []
  readonly #cursors = new Map<number, Cursor>()
  #expected: Expected = 'first'
  #result: ResultReader | undefined
  #budget: number
  /** Groups of definitions behind the answer to a prepare: how many, and the message that ends them. */
  #definitions = 0
  #file = { name: '', bytes: 0 }

  constructor(keepBytes: number, events: AnswerEvents) {
    this.#keepBytes = keepBytes
    this.#events = events
    this.#budget = keepBytes
  }

  get idle(): boolean {
    return this.#waiting.length === 0
  }

  /** What the client sends belongs to the command before. */
  get takesData(): boolean {
    return this.#expected === 'file' || this.#waiting[0]?.command === command.changeUser
  }

  /** How many bytes of the server's next message are wanted. */
  get keep(): number {
    if (this.#expected !== 'rows') return 1 << 16
    return Math.max(ending, this.#result?.budget ?? 0)
  }

  push(waiting: Waiting): void {
    this.#waiting.push(waiting)
    if (this.#waiting.length === 1) this.#begin()
  }

  /** Data of the client: of a file, or an answer to who it is. */
  data(size: number): void {
    if (this.#expected !== 'file') return
    if (size > 0) {
      this.#file.bytes += size
      return
    }
    this.#waiting[0]?.exchange?.message('service', { type: 'file', ...this.#file })
    this.#expected = 'first'
  }

  /** The rows of a statement will not be fetched any more. */
  closeCursor(statement: number): void {
    const cursor = this.#cursors.get(statement)
    if (!cursor) return
    this.#cursors.delete(statement)
    cursor.exchange?.message('service', cursor.result.end({ status: 0, warnings: 0 }))
    cursor.exchange?.close('complete')
  }

  /** Nothing more will come. */
  end(reply: MysqlReply | undefined): void {
    for (const { exchange } of this.#waiting.splice(0)) {
      if (reply) exchange?.message('service', reply)
      exchange?.close('abandoned')
    }
    for (const statement of this.#cursors.keys()) this.closeCursor(statement)
  }

  take(frame: MysqlFrame): void {
    const { body, size } = frame
    const head = this.#waiting[0]
    // The server says why it ends the connection without being asked.
    if (!head) return undefined
    switch (this.#expected) {
      case 'first':
        return this.#first(head, body)
      case 'columns':
        this.#result!.column(body)
        if (this.#result!.columnsLeft === 0) this.#expected = this.deprecateEof ? 'rows' : 'endOfColumns'
        return undefined
      case 'endOfColumns': {
        const end = readEnd(body, false)
        if ((end.status & status.cursorExists) !== 0) return this.#endOfRows(head, end)
        this.#expected = 'rows'
        return undefined
      }
      case 'rows':
        if (body[0] === first.error) return this.#failed(head, body)
        if (body[0] === first.end && size < (this.deprecateEof ? 0xff_ff_ff : 9))
          return this.#endOfRows(head, readEnd(body, this.deprecateEof))
        return this.#result?.row(body, size)
      case 'definitions':
        if (--this.#definitions === 0) this.#settle(false)
        return undefined
      case 'file':
        // The server does not want the file any more.
        return this.#first(head, body)
    }
  }

  #begin(): void {
    this.#budget = this.#keepBytes
    this.#result = undefined
    this.#expected = 'first'
    const head = this.#waiting[0]
    if (head?.command !== command.fetch) return
    this.#result = this.#cursors.get(head.statement ?? -1)?.result
    this.#expected = 'rows'
  }

  #first(head: Waiting, body: Buffer): void {
    if (body[0] === first.error) return this.#failed(head, body)
    if (head.command === command.statistics) return this.#settle(false)
    if (head.command === command.prepare) return this.#prepared(head, body)
    if (head.command === command.changeUser && body[0] !== first.ok) return undefined
    if (head.command === command.fieldList) {
      // No number stands in front of these columns.
      this.#result = new ResultReader(false, Number.POSITIVE_INFINITY, 0)
      this.#expected = 'rows'
      return this.take({ sequence: 0, body, size: body.length })
    }
    if (body[0] === first.ok) return this.#ok(head, body)
    if (body[0] === first.end && body.length < 9) {
      this.#state(readEnd(body, false))
      return this.#settle(false)
    }
    if (body[0] === first.file) {
      this.#file = { name: body.toString('utf8', 1), bytes: 0 }
      this.#expected = 'file'
      return undefined
    }
    const columns = new BodyReader(body).length() ?? 0
    const binary = head.command === command.execute || head.command === command.bulkExecute
    this.#result = new ResultReader(binary, columns, this.#budget)
    this.#expected = 'columns'
    return undefined
  }

  #ok(head: Waiting, body: Buffer): void {
    const { status: flags, ...done } = readDone(body)
    this.#state({ status: flags })
    head.exchange?.message('service', done)
    if ((flags & status.moreResults) !== 0) this.#expected = 'first'
    else this.#settle(false)
  }

  #prepared({ prepared }: Waiting, body: Buffer): void {
    const reader = new BodyReader(body, 1)
    const statement = reader.int32()
    const columns = reader.int16()
    const parameters = reader.int16()
    if (prepared) {
      prepared.parameters = parameters
      this.#events.prepared(statement, prepared)
    }
    const ends = this.deprecateEof ? 0 : Number(columns > 0) + Number(parameters > 0)
    this.#definitions = columns + parameters + ends
    if (this.#definitions === 0) this.#settle(false)
    else this.#expected = 'definitions'
  }

  #endOfRows(head: Waiting, end: AnswerEnd): void {
    this.#state(end)
    const result = this.#result
    if (head.command === command.fetch) {
      if ((end.status & status.lastRowSent) !== 0) this.closeCursor(head.statement ?? -1)
      return this.#settle(false)
    }
    if (result && head.statement !== undefined && (end.status & status.cursorExists) !== 0) {
      this.#cursors.set(head.statement, { exchange: head.exchange, result })
      return this.#settle(false, true)
    }
    if (result && head.command !== command.fieldList) head.exchange?.message('service', result.end(end))
    this.#budget = result?.budget ?? this.#budget
    this.#result = undefined
    if ((end.status & status.moreResults) !== 0) this.#expected = 'first'
    else this.#settle(false)
  }

  #failed(head: Waiting, body: Buffer): void {
    const error = readError(body)
    if (error.errno === progressErrno) return undefined
    const exchange = head.command === command.prepare ? this.#events.refusedToPrepare(head.sql) : head.exchange
    if (error.errno === deadlock) this.transaction = false
    exchange?.message('service', { type: 'error', error })
    if (exchange !== head.exchange) exchange?.close('complete')
    return this.#settle(true)
  }

  #state({ status: flags }: Pick<AnswerEnd, 'status'>): void {
    this.transaction = (flags & status.inTransaction) !== 0
  }

  #settle(failed: boolean, goesOn = false): void {
    const head = this.#waiting.shift()!
    this.#events.done(head, failed)
    if (this.lost) head.exchange?.message('service', this.lost)
    if (!goesOn) head.exchange?.close(this.lost ? 'abandoned' : 'complete')
    this.#begin()
  }
}
