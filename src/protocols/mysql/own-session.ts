import type { Duplex } from 'node:stream'
import type { Recorder } from '../../core/recorder.ts'
import { Authentication } from './authenticate.ts'
import { BodyReader } from './decode.ts'
import { packet, query, quit } from './encode.ts'
import { readGreeting, tlsRequest, withTls, writeLogin } from './handshake.ts'
import type { MysqlColumn, MysqlError, MysqlQuestion, MysqlReply, MysqlRows } from './message.ts'
import { type MysqlFrame, PacketScanner } from './scanner.ts'
import { first } from './server-answer.ts'
import { MysqlSession } from './session.ts'
import { capability } from './types.ts'

/** What the server said no to. */
export class MysqlFailed extends Error {
  override readonly name = 'MysqlFailed'
  readonly server: MysqlError

  constructor(server: MysqlError) {
    super(`${server.errno} (${server.sqlstate}) ${server.message}`)
    this.server = server
  }
}

/** How to log in. */
export interface OwnSessionOptions {
  readonly user: string
  readonly password?: string
  readonly database?: string
  /** Speaks TLS to the server in mid-stream; left out, it is spoken to in the clear. */
  readonly secure?: Secure
}

type Secure = (server: Duplex) => Promise<Duplex>

/** A row as text; null is null. */
export type TextRow = readonly (string | null)[]

const wanted =
  capability.mysql | capability.protocol41 | capability.transactions | capability.secureConnection |
  capability.multiStatements | capability.multiResults | capability.pluginAuth |
  capability.pluginDataLengthEncoded // prettier-ignore

/** A session that Mortar opened by itself, for its own statements. */
export class OwnSession {
  /** Another one than at first when TLS was agreed on. */
  #connection: Duplex
  /** Reads the answers, as it does for the sessions of others. */
  readonly #follower: MysqlSession
  readonly #options: OwnSessionOptions
  #waiting: PromiseWithResolvers<MysqlReply[]>[] = []
  #version = ''

  private constructor(connection: Duplex, options: OwnSessionOptions) {
    this.#connection = connection
    this.#options = options
    const recorder: Recorder<MysqlQuestion, MysqlReply> = { open: () => this.#exchange() }
    this.#follower = new MysqlSession({ recorder, keepBytes: Number.POSITIVE_INFINITY })
  }

  /**
   * Logs in on a connection that is open.
   *
   * @throws MysqlFailed when the server says no; Error when it closes or asks for what we do not have.
   */
  static async open(connection: Duplex, options: OwnSessionOptions): Promise<OwnSession> {
    const session = new OwnSession(connection, options)
    try {
      await session.#logIn()
      return session
    } catch (error) {
      connection.destroy()
      throw error
    }
  }

  /** What the server calls itself: `10.11.6-MariaDB`. */
  get version(): string {
    return this.#version
  }

  /** Runs statements and returns the rows of all of them. @throws MysqlFailed */
  async query(sql: string): Promise<TextRow[]> {
    const replies = await this.#send(sql)
    return replies.flatMap((reply) => (reply.type === 'rows' ? reply.values.map(textRow) : []))
  }

  /** Runs a statement and returns its result with rows, the last one if there are several. @throws MysqlFailed */
  async result(sql: string): Promise<Pick<MysqlRows, 'columns' | 'values'>> {
    const found = (await this.#send(sql)).findLast((reply) => reply.type === 'rows')
    return found ?? { columns: [] as readonly MysqlColumn[], values: [] }
  }

  /** Takes leave. */
  close(): void {
    this.#connection.end(quit)
    this.#connection.resume()
  }

  async #send(sql: string): Promise<MysqlReply[]> {
    if (this.#connection.destroyed) throw new Error('the server closed the connection')
    const answer = Promise.withResolvers<MysqlReply[]>()
    this.#waiting.push(answer)
    const bytes = query(sql)
    this.#follower.take('client', bytes)
    this.#connection.write(bytes)
    const replies = await answer.promise
    const failed = replies.find((reply) => reply.type === 'error')
    if (failed) throw new MysqlFailed(failed.error)
    if (replies.some(({ type }) => type === 'failure')) throw new Error('the server closed the connection')
    return replies
  }

  #exchange(): ReturnType<Recorder<MysqlQuestion, MysqlReply>['open']> {
    const replies: MysqlReply[] = []
    // Opening the session is an exchange too, which `#logIn` waits for by itself.
    const answer = this.#follower?.open ? this.#waiting.shift() : undefined
    return { message: (_from, reply) => void replies.push(reply), close: () => answer?.resolve(replies) }
  }

  #logIn(): Promise<void> {
    const { user, password = '', database = '', secure } = this.#options
    const authentication = new Authentication(password)
    const scanner = new PacketScanner()
    return new Promise((resolve, reject) => {
      const say = (sequence: number, body: Buffer): void => {
        const bytes = packet(sequence + 1, body)
        this.#follower.take('client', bytes)
        this.#connection.write(bytes)
      }
      const beginTls = async (sequence: number, login: Buffer, agree: Secure): Promise<void> => {
        const plain = this.#connection
        plain.off('data', take)
        plain.write(packet(sequence + 1, tlsRequest(login)))
        this.#connection = await agree(plain)
        attach()
        say(sequence + 1, withTls(login, true))
      }
      const hear = ({ body, sequence }: MysqlFrame): void => {
        if (body[0] === first.error) {
          const reader = new BodyReader(body, 1)
          const errno = reader.int16()
          const text = reader.rest().toString('utf8')
          const [, sqlstate = 'HY000', message = text] = /^#(.{5})(.*)$/s.exec(text) ?? []
          return reject(new MysqlFailed({ errno, sqlstate, message }))
        }
        if (this.#version === '') {
          const greeting = readGreeting(body)
          this.#version = greeting.version
          const plugin = known.has(greeting.plugin) ? greeting.plugin : 'mysql_native_password'
          const capabilities = wanted | (database === '' ? 0 : capability.connectWithDatabase)
          const answer = authentication.begin(plugin, greeting.scramble)
          const login = writeLogin({ capabilities, user, database, plugin, answer })
          if (!secure) return say(sequence, login)
          if ((greeting.capabilities & capability.tls) === 0) return reject(new Error('the server does not speak TLS'))
          return void beginTls(sequence, login, secure).catch(reject)
        }
        if (body[0] === first.ok) return resolve()
        const reader = new BodyReader(body, 1)
        const answer =
          body[0] === first.end
            ? authentication.begin(reader.text(), reader.rest())
            : authentication.more(reader.rest())
        if (answer) say(sequence, answer)
      }
      const take = (chunk: Buffer): void => {
        const loggingIn = !this.#follower.open
        this.#follower.take('service', chunk)
        if (!loggingIn) return
        try {
          for (let scanned = scanner.next(chunk, 0); scanned; scanned = scanner.next(chunk, scanned.end))
            hear(scanned.frame)
        } catch (error) {
          reject(error as Error)
        }
      }
      const attach = (): void => {
        this.#connection.on('data', take)
        this.#connection.on('error', () => {})
        this.#connection.once('close', () => {
          reject(new Error('the server closed the connection'))
          this.#follower.end('reset', 'the server closed the connection')
        })
      }
      attach()
    })
  }
}

const known = new Set(['mysql_native_password', 'caching_sha2_password'])

function textRow(row: MysqlRows['values'][number]): TextRow {
  return row.map((value) => (value === null || typeof value === 'string' ? value : Buffer.from(value).toString('utf8')))
}
