import type { Duplex } from 'node:stream'
import { Authentication } from './authenticate.ts'
import { BodyReader } from './decode.ts'
import { message, query, startup, terminate } from './encode.ts'
import type { PostgresError } from './message.ts'
import { keepTable, MessageScanner } from './scanner.ts'
import { readServerError } from './server-error.ts'
import { fromServer } from './types.ts'

/** What PostgreSQL said no to. */
export class PostgresFailed extends Error {
  override readonly name = 'PostgresFailed'
  readonly server: PostgresError

  constructor(server: PostgresError) {
    super(`${server.code} ${server.message}`)
    this.server = server
  }
}

/** How to log in. */
export interface OwnSessionOptions {
  /** `user`, `database`, and whatever else a start-up message can say. */
  readonly parameters: ReadonlyMap<string, string>
  readonly password?: string
}

/** A row as text; null is null. */
export type TextRow = readonly (string | null)[]

const everything = keepTable(Object.fromEntries(Array.from({ length: 256 }, (_, type) => [type, 1 << 30])))

/** A session that Mortar opened by itself: for its own statements, and to be handed to a client's connection. */
export class OwnSession {
  readonly connection: Duplex
  /** The parameters and the key that the server sent when it was ready, as it sent them. */
  hello: Buffer = Buffer.alloc(0)
  /** Names the session in a cancel request. */
  key: Buffer = Buffer.alloc(0)
  readonly #scanner: MessageScanner
  readonly #authentication: Authentication
  #rows: TextRow[] = []
  #columns: string[] = []
  #error: PostgresError | undefined
  /** Each waits for ReadyForQuery. */
  #waiting: { resolve(rows: TextRow[]): void; reject(error: Error): void }[] = []
  readonly #data: (chunk: Buffer) => void
  readonly #close: () => void

  private constructor(connection: Duplex, { parameters, password = '' }: OwnSessionOptions) {
    this.connection = connection
    this.#authentication = new Authentication(parameters.get('user') ?? '', password)
    this.#scanner = new MessageScanner(everything, (type, bytes, at, end) =>
      this.#answered(type, bytes.subarray(at, end)),
    )
    this.#data = (chunk) => {
      try {
        this.#scanner.push(chunk)
      } catch (error) {
        this.#fail(error as Error)
        connection.destroy()
      }
    }
    this.#close = () => {
      this.#fail(new Error('the server closed the connection'))
      // Half open, it would take questions that nobody ever answers.
      connection.destroy()
    }
    connection.on('data', this.#data).on('end', this.#close).on('close', this.#close).on('error', ignore)
  }

  /**
   * Logs in on a connection that is open and, where wanted, encrypted.
   *
   * @throws PostgresFailed when the server says no; Error when it closes or asks for what we do not have.
   */
  static async open(connection: Duplex, options: OwnSessionOptions): Promise<OwnSession> {
    const session = new OwnSession(connection, options)
    try {
      await session.send(startup(options.parameters), 1)
    } catch (error) {
      connection.destroy()
      throw error
    }
    return session
  }

  /** The process of the server, by its own account. */
  get process(): number {
    return this.key.length < 4 ? 0 : this.key.readInt32BE(0)
  }

  /** Runs statements and returns the rows of all of them. @throws PostgresFailed */
  query(sql: string): Promise<TextRow[]> {
    return this.send(query(sql), 1)
  }

  /** Runs a statement and returns its rows by column. Of several statements with rows, the columns are the last one's. */
  async rows(sql: string): Promise<Record<string, string | null>[]> {
    const rows = await this.query(sql)
    const columns = this.#columns
    return rows.map((row) => Object.fromEntries(row.map((value, i) => [columns[i] ?? `column ${i + 1}`, value])))
  }

  /** Sends messages whose answer ends with so many ReadyForQuery. @throws PostgresFailed for the first error */
  async send(bytes: Buffer, readies: number): Promise<TextRow[]> {
    // Our side stays open when the server ends its own; what is sent then is answered by nobody.
    if (this.connection.destroyed || this.connection.readableEnded) throw new Error('the server closed the connection')
    const answers = Array.from({ length: readies }, () => this.#wait())
    this.connection.write(bytes)
    const settled = await Promise.allSettled(answers)
    return settled.flatMap((answer) => {
      if (answer.status === 'rejected') throw answer.reason
      return answer.value
    })
  }

  /** Stops listening, so that somebody else can go on with the connection. */
  detach(): Duplex {
    this.connection.off('data', this.#data).off('end', this.#close).off('close', this.#close).pause()
    return this.connection
  }

  /** Listens again after `detach`. Nothing may be under way. */
  attach(): void {
    this.connection.on('data', this.#data).on('end', this.#close).on('close', this.#close).resume()
  }

  /** Takes leave. */
  close(): void {
    this.connection.end(terminate)
    this.connection.resume()
  }

  #wait(): Promise<TextRow[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
    })
  }

  #answered(type: number, body: Buffer): void {
    switch (type) {
      case fromServer.authentication:
        return this.#authenticate(body)
      case fromServer.parameterStatus:
        this.hello = Buffer.concat([this.hello, message(type, body)])
        return
      case fromServer.backendKey:
        this.key = Buffer.from(body)
        return
      case fromServer.rowDescription:
        this.#columns = readColumns(body)
        return
      case fromServer.dataRow:
        this.#rows.push(readRow(body))
        return
      case fromServer.error:
        this.#error ??= readServerError(body)
        // Nothing comes after a fatal error but the end.
        if (this.#error.severity !== 'ERROR') this.#fail(new PostgresFailed(this.#error))
        return
      case fromServer.ready: {
        const [rows, error] = [this.#rows, this.#error]
        this.#rows = []
        this.#error = undefined
        const waiting = this.#waiting.shift()
        if (error) waiting?.reject(new PostgresFailed(error))
        else waiting?.resolve(rows)
      }
    }
  }

  #authenticate(body: Buffer): void {
    try {
      const answer = this.#authentication.answer(body)
      if (answer) this.connection.write(answer)
    } catch (error) {
      this.#fail(error as Error)
      this.connection.destroy()
    }
  }

  #fail(error: Error): void {
    for (const waiting of this.#waiting.splice(0)) waiting.reject(error)
  }
}

function readRow(body: Buffer): TextRow {
  const reader = new BodyReader(body)
  return Array.from({ length: reader.int16() }, () => {
    const length = reader.int32()
    return length < 0 ? null : reader.bytes(length).toString('utf8')
  })
}

function readColumns(body: Buffer): string[] {
  const reader = new BodyReader(body)
  return Array.from({ length: reader.int16() }, () => {
    const name = reader.text()
    // Table, column, type, its size and modifier, format.
    reader.bytes(18)
    return name
  })
}

function ignore(): void {}
