import { randomBytes } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { asAsker } from '../../core/asker.ts'
import { resetConnection } from '../../core/duplex-lane.ts'
import { notKept } from '../../core/not-kept.ts'
import type { Peer } from '../../core/peer.ts'
import type { Place } from '../../core/protocol.ts'
import { AnswerWriter } from './answer-writer.ts'
import { anyColumn } from './columns.ts'
import { int16, int32, packet } from './encode.ts'
import { countPlaceholders, fingerprintOf } from './fingerprint.ts'
import { readChangeUser, readLogin, writeGreeting } from './handshake.ts'
import type { MysqlError, MysqlQuestion, MysqlReply } from './message.ts'
import { type MysqlFrame, PacketScanner } from './scanner.ts'
import { first } from './server-answer.ts'
import { lastStatement, type Prepared, readExecution, statementOf } from './statements.ts'
import { capability, command, mariadbCapability } from './types.ts'

const offered =
  capability.connectWithDatabase | capability.localFiles | capability.protocol41 |
  capability.transactions | capability.secureConnection | capability.multiStatements | capability.multiResults |
  capability.preparedMultiResults | capability.pluginAuth | capability.connectAttributes |
  capability.pluginDataLengthEncoded // prettier-ignore
const nothing = { affected: 0, insertId: 0, warnings: 0, info: '', transaction: false }
let sessions = 0

/**
 * Speaks the server's side without a server, as replay does: lets everybody in, asks `peer` for each statement at once,
 * and writes the answers in order. What only sets up a session is answered here. Does not reject.
 */
export function serveMysql(client: Duplex, peer: Peer<MysqlQuestion, MysqlReply>, place: Place): Promise<void> {
  const served = new Served(client, peer)
  const stop = (): void => void client.destroy()
  place.signal.addEventListener('abort', stop)
  client.on('error', () => {})
  served.start()
  if (place.signal.aborted) stop()
  return new Promise((resolve) => {
    client.once('close', () => {
      place.signal.removeEventListener('abort', stop)
      served.end()
      resolve()
    })
  })
}

class Served {
  readonly #client: Duplex
  readonly #peer: Peer<MysqlQuestion, MysqlReply>
  readonly #session = ++sessions
  readonly #gone = new AbortController()
  readonly #statements = new Map<number, Prepared>()
  #prepared = 0
  #user = ''
  #database = ''
  #open = false
  /** The client has said goodbye, so nothing is answered any more. */
  #leaving = false
  /** The client reads what MariaDB says of types besides. */
  #extended = false
  #turn: Promise<void> = Promise.resolve()
  /** Told the number of the packet that ends a file of the client. */
  #file: ((sequence: number) => void) | undefined

  constructor(client: Duplex, peer: Peer<MysqlQuestion, MysqlReply>) {
    this.#client = client
    this.#peer = peer
  }

  start(): void {
    const scanner = new PacketScanner()
    const scramble = randomBytes(20).map((byte) => (byte % 94) + 33)
    const said = {
      version: '10.11.0-MariaDB-mortar',
      thread: this.#session,
      capabilities: offered,
      scramble: Buffer.from(scramble),
      plugin: 'mysql_native_password',
    }
    this.#client.write(packet(0, writeGreeting(said, mariadbCapability.extendedMetadata)))
    this.#client.on('data', (chunk: Buffer) => {
      try {
        for (let scanned = scanner.next(chunk, 0); scanned; scanned = scanner.next(chunk, scanned.end))
          this.#take(scanned.frame)
      } catch (error) {
        this.#client.removeAllListeners('data').resume()
        this.#turn = this.#turn.then(() => void this.#client.end(errorBytes(1, refusal(error as Error))))
      }
    })
    this.#client.on('end', () => void this.#turn.then(() => this.#client.end()))
  }

  end(): void {
    this.#gone.abort()
    this.#file?.(0)
  }

  #take({ sequence, body, size }: MysqlFrame): void {
    if (this.#leaving) return
    if (!this.#open) {
      const { user, database, own } = readLogin(body)
      this.#extended = (own & mariadbCapability.extendedMetadata) !== 0
      this.#user = user
      this.#database = database
      this.#open = true
      return this.#write((answer) => answer.done(nothing), sequence + 1)
    }
    if (this.#file) {
      if (size === 0) this.#file(sequence)
      return
    }
    const text = body.toString('utf8', 1)
    switch (body[0]) {
      case undefined:
      case command.quit:
        this.#leaving = true
        this.#turn = this.#turn.then(() => void this.#client.end())
        return
      case command.query:
        return this.#run('query', text, [])
      case command.prepare:
        return this.#prepare(text)
      case command.execute: {
        const prepared = this.#statement(body)
        if (!prepared) return this.#refuse(1243, 'HY000', 'the statement has not been prepared')
        return this.#run('execute', prepared.sql, readExecution(body, size, prepared, offered).parameters)
      }
      case command.sendLongData: {
        const long = this.#statement(body)?.long
        const index = body.length >= 7 ? body.readUInt16LE(5) : 0
        long?.set(index, [...(long.get(index) ?? []), Buffer.from(body.subarray(7))])
        return
      }
      case command.closeStatement:
        this.#statements.delete(statementOf(body))
        return
      case command.resetStatement:
        this.#statement(body)?.long.clear()
        return this.#write((answer) => answer.done(nothing))
      case command.initDb:
        this.#database = text
        return this.#write((answer) => answer.done(nothing))
      case command.changeUser:
        ;({ user: this.#user, database: this.#database } = readChangeUser(body))
        this.#statements.clear()
        return this.#write((answer) => answer.done(nothing))
      case command.resetConnection:
        this.#statements.clear()
        return this.#write((answer) => answer.done(nothing))
      case command.ping:
      case command.setOption:
        return this.#write((answer) => answer.done(nothing))
      case command.statistics:
        return this.#write((answer) => answer.message(Buffer.from('Replayed by Mortar')))
      default:
        return this.#refuse(1047, '08S01', `command ${body[0]} cannot be replayed`)
    }
  }

  #prepare(sql: string): void {
    const statement = ++this.#prepared
    const parameters = countPlaceholders(sql)
    this.#statements.set(statement, { sql, parameters, long: new Map() })
    this.#write((answer) => {
      answer.message(
        Buffer.concat([Buffer.from([first.ok]), int32(statement), int16(0), int16(parameters), Buffer.alloc(3)]),
      )
      answer.columns(Array.from({ length: parameters }, () => anyColumn))
    })
  }

  #statement(body: Buffer): Prepared | undefined {
    const number = statementOf(body)
    return this.#statements.get(number === lastStatement ? this.#prepared : number)
  }

  #run(kind: 'query' | 'execute', sql: string, parameters: MysqlQuestion['parameters']): void {
    const { verbs, operation } = fingerprintOf(sql)
    // How often sessions are set up depends on the client's pool, not on what is tested.
    if (verbs.length > 0 && verbs.every((verb) => verb === 'SET' || verb === 'USE')) {
      if (operation.startsWith('USE ')) this.#database = operation.slice(4).replaceAll('`', '')
      return this.#write((answer) => answer.done(nothing))
    }
    const question = { kind, sql, parameters, session: this.#session, user: this.#user, database: this.#database }
    // Asked now, not when the answer's turn comes: who asks first is asked first.
    const replies = this.#ask(question)
    replies.catch(() => {})
    this.#turn = this.#turn.then(() => this.#answer(replies, kind === 'execute'))
  }

  #ask(question: MysqlQuestion): Promise<MysqlReply[]> {
    return asAsker(this.#client, async () => {
      const replies: MysqlReply[] = []
      for await (const reply of this.#peer(question, this.#gone.signal)) replies.push(reply)
      return replies
    })
  }

  async #answer(asked: Promise<MysqlReply[]>, binary: boolean): Promise<void> {
    let answer = new AnswerWriter(1, this.#extended)
    try {
      const replies = await asked
      if (replies.some(({ type }) => type === 'failure')) return resetConnection(this.#client)
      if (replies.some((reply) => reply.type === 'rows' && reply.cut))
        throw notKept('the recorded answer was too large to be kept')
      if (replies.length === 0) throw new Error('the recording has no answer')
      for (const [i, reply] of replies.entries()) {
        if (reply.type === 'file') {
          answer.message(Buffer.concat([Buffer.from([first.file]), Buffer.from(reply.name)]))
          answer = new AnswerWriter((await this.#readFile(answer.take())) + 1, this.#extended)
        } else answer.reply(reply, { binary }, i < replies.length - 1)
      }
    } catch (error) {
      if (this.#gone.signal.aborted) return
      // What was written of the answer is left out.
      answer = new AnswerWriter(1)
      answer.error(refusal(error as Error))
    }
    this.#client.write(answer.take())
  }

  #readFile(request: Buffer): Promise<number> {
    return new Promise((resolve) => {
      this.#file = (sequence) => {
        this.#file = undefined
        resolve(sequence)
      }
      this.#client.write(request)
    })
  }

  #refuse(errno: number, sqlstate: string, message: string): void {
    this.#write((answer) => answer.error({ errno, sqlstate, message }))
  }

  #write(fill: (answer: AnswerWriter) => void, sequence = 1): void {
    const answer = new AnswerWriter(sequence, this.#extended)
    fill(answer)
    this.#turn = this.#turn.then(() => void this.#client.write(answer.take()))
  }
}

/** How the server would say what `error` says. */
export function refusal(error: Error): MysqlError {
  const code = (error as NodeJS.ErrnoException).code ?? 'MORTAR_MISS'
  const message = (error.message.startsWith(code) ? error.message : `${code} ${error.message}`).replaceAll(
    /\s*[\r\n]+\s*/g,
    ' ',
  )
  return { errno: 1105, sqlstate: 'HY000', message: message.slice(0, 2_000) }
}

function errorBytes(sequence: number, error: MysqlError): Buffer {
  const answer = new AnswerWriter(sequence)
  answer.error(error)
  return answer.take()
}
