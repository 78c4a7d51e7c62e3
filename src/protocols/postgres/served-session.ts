import type { Duplex } from 'node:stream'
import { askNow } from '../../core/ask-now.ts'
import { resetConnection } from '../../core/duplex-lane.ts'
import type { Peer } from '../../core/peer.ts'
import { BodyReader } from './decode.ts'
import { message, readyForQuery } from './encode.ts'
import { fingerprintOf } from './fingerprint.ts'
import { clientKeepTable } from './kept-messages.ts'
import type { PostgresError, PostgresQuestion, PostgresReply, TransactionStatus } from './message.ts'
import { notDescribed, PeekedAnswer } from './peeked-answer.ts'
import { encodeError, refusal } from './refusal.ts'
import { type AnswerStyle, checkColumns, encodeReply, fatal } from './replay-reply.ts'
import { encodeFieldList, encodeTypes } from './rows.ts'
import { MessageScanner } from './scanner.ts'
import type { Description, ServedMemory } from './served-memory.ts'
import { type Portal, type Prepared, StatementNames } from './statements.ts'
import { fromClient, fromServer } from './types.ts'

/** Whom a session serves. */
export interface ServedSessionOptions {
  readonly client: Duplex
  readonly peer: Peer<PostgresQuestion, PostgresReply>
  readonly memory: ServedMemory
  readonly origin: string
  readonly user: string
  readonly database: string
}

/** COPY data of the client, which belongs to the statement that is answered when it is whole. */
interface Copy {
  readonly parts: Buffer[]
  readonly whole: PromiseWithResolvers<PostgresReply>
  /** The client was told to go on; what it has synchronized before is not answered. */
  begun: boolean
  synchronized: boolean
}

let sessions = 0
const letters: Readonly<Record<TransactionStatus, string>> = { idle: 'I', open: 'T', failed: 'E' }

/** One session of a server that is not there. Messages are answered in their order, questions asked as they come. */
export class ServedSession {
  readonly #options: ServedSessionOptions
  readonly #id = ++sessions
  readonly #statements = new StatementNames()
  readonly #gone = new AbortController()
  /** Questions that were asked to describe what they bring, by their portal. */
  readonly #begun = new WeakMap<Portal, PeekedAnswer>()
  #turn: Promise<void> = Promise.resolve()
  #transaction: TransactionStatus = 'idle'
  /** The transaction has failed for a reason that no recording knows. */
  #refused = false
  /** After an error in extended messages: up to the next Sync nothing is done. */
  #skipping = false
  #copy: Copy | undefined

  constructor(options: ServedSessionOptions) {
    this.#options = options
  }

  /** Resolves when the client is gone. */
  serve(): Promise<void> {
    const { client } = this.#options
    const scanner = new MessageScanner(clientKeepTable(Number.POSITIVE_INFINITY), (type, bytes, at, end, size) =>
      this.#asked(type, bytes.subarray(at, end), size),
    )
    client.on('data', (chunk: Buffer) => {
      try {
        scanner.push(chunk)
      } catch (error) {
        client.removeAllListeners('data').resume()
        const broken = { severity: 'FATAL', code: '08P01', message: `protocol error: ${(error as Error).message}` }
        this.#do(() => void client.end(encodeError(broken)))
      }
    })
    client.on('end', () => this.#do(() => void client.end()))
    client.resume()
    return new Promise((resolve) => {
      client.once('close', () => {
        this.#gone.abort()
        resolve()
      })
      if (client.destroyed) client.emit('close')
    })
  }

  #asked(type: number, body: Buffer, size: number): void {
    switch (type) {
      case fromClient.parse: {
        // A copy of what is kept, since the chunk it came in is much larger.
        this.#statements.parse(Buffer.from(body))
        return this.#step(() => this.#write(message(fromServer.parseComplete)))
      }
      case fromClient.bind:
        this.#statements.bind(Buffer.from(body), 0, body.length, size)
        return this.#step(() => this.#write(message(fromServer.bindComplete)))
      case fromClient.close:
        this.#statements.close(body)
        return this.#step(() => this.#write(message(fromServer.closeComplete)))
      case fromClient.describe:
        return this.#describe(body)
      case fromClient.execute: {
        const portal = this.#statements.execute(body, 0)
        if (!portal?.prepared) return this.#step(() => this.#fail(nothingPrepared(portal ? '26000' : '34000')))
        return this.#execute(portal)
      }
      case fromClient.query: {
        const answer = this.#ask('statement', new BodyReader(body).text(), [])
        return this.#simple(() => this.#answer(answer, 'simple'))
      }
      case fromClient.sync:
        if (!this.#copy) return this.#do(() => this.#ready())
        this.#copy.synchronized = true
        return
      case fromClient.functionCall:
        return this.#simple(() => this.#fail(refusal(new Error('calls of functions are not recorded'))))
      case fromClient.copyData:
        return void this.#copy?.parts.push(Buffer.from(body))
      case fromClient.copyDone:
      case fromClient.copyFail:
        return this.#endCopy()
      case fromClient.terminate:
        return this.#do(() => void this.#options.client.end())
      default:
    }
  }

  /** What comes in its turn, also after an error. */
  #do(work: () => void | Promise<void>): void {
    this.#turn = this.#turn.then(work).catch(() => resetConnection(this.#options.client))
  }

  /** What is left out after an error. */
  #step(work: () => void | Promise<void>): void {
    this.#do(() => (this.#skipping ? undefined : this.#attempt(work)))
  }

  #simple(work: () => void | Promise<void>): void {
    this.#step(async () => {
      await this.#attempt(work)
      this.#ready()
    })
  }

  async #attempt(work: () => void | Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (!this.#gone.signal.aborted) this.#refuse(error as Error)
    }
  }

  #execute(portal: Portal): void {
    const answer = this.#begin(portal)
    this.#begun.delete(portal)
    const copy = this.#copy
    this.#step(() => this.#answer(answer, { formats: portal.formats(), described: portal.columns() }))
    if (!copy) return
    this.#do(() => {
      if (this.#copy === copy) this.#copy = undefined
      if (copy.synchronized && !copy.begun) this.#ready()
    })
  }

  #ask(kind: 'statement' | 'prepare', sql: string, parameters: PostgresQuestion['parameters']): PeekedAnswer {
    const { client, peer, memory, user, database } = this.#options
    if (kind === 'statement') memory.clock.tick()
    const afterRefusal = this.#refused && kind === 'statement' ? this.#afterRefusal(sql) : undefined
    if (afterRefusal) return new PeekedAnswer(() => Promise.resolve(afterRefusal.next()))
    const asked = { kind, session: this.#id, database, user, sql, parameters }
    const { verbs, effect } = fingerprintOf(sql)
    if (kind !== 'statement' || !effect || !verbs.includes('COPY'))
      return new PeekedAnswer(askNow(client, peer, asked, this.#gone.signal))
    const copy: Copy = { parts: [], whole: Promise.withResolvers(), begun: false, synchronized: false }
    this.#copy = copy
    return new PeekedAnswer(askNow(client, peer, { ...asked, incoming: once(copy.whole.promise) }, this.#gone.signal))
  }

  /** What any server says in a transaction that has failed. */
  *#afterRefusal(sql: string): Generator<PostgresReply> {
    const verb = fingerprintOf(sql).verbs[0] ?? ''
    if (verb === 'ROLLBACK' || verb === 'COMMIT' || verb === 'ROLLBACK TO') {
      this.#refused = false
      yield { type: 'result', command: 'ROLLBACK', rows: 0, bytes: 0, fields: null }
      yield { type: 'ready', transaction: verb === 'ROLLBACK TO' ? 'open' : 'idle' }
      return
    }
    const text = 'current transaction is aborted, commands ignored until end of transaction block'
    yield { type: 'error', error: { severity: 'ERROR', code: '25P02', message: text } }
    yield { type: 'ready', transaction: 'failed' }
  }

  #begin(portal: Portal): PeekedAnswer {
    const begun = this.#begun.get(portal) ?? this.#ask('statement', portal.sql, portal.parameters())
    this.#begun.set(portal, begun)
    return begun
  }

  #describe(body: Buffer): void {
    const { prepared, portal } = this.#statements.described(body)
    if (prepared) {
      const description = this.#descriptionOf(prepared)
      description.catch(() => {})
      return this.#step(async () => {
        const { parameters, fields } = await description
        prepared.fields = fields
        this.#write(Buffer.concat([encodeTypes(parameters), encodeFieldList(fields)]))
      })
    }
    if (!portal) return this.#step(() => this.#fail(nothingPrepared('34000')))
    const answer = this.#begin(portal)
    this.#step(async () => {
      const fields = await answer.fields()
      // An error is said when it is executed, and stands for the description.
      if (fields === 'failed') return this.#answer(answer, { formats: [], described: undefined })
      portal.fields = fields
      this.#write(encodeFieldList(fields))
    })
  }

  #descriptionOf({ sql }: Prepared): Promise<Description> {
    const { memory, origin, database } = this.#options
    return memory.describe(`${origin} ${database} ${sql}`, async () => {
      const answer = this.#ask('prepare', sql, [])
      for (let reply = await answer.next(); reply; reply = await answer.next()) {
        if (reply.type === 'description') return reply
        if (reply.type === 'error') throw Object.assign(new Error(reply.error.message), { reply: reply.error })
      }
      throw notDescribed()
    })
  }

  async #answer(answer: PeekedAnswer, style: AnswerStyle): Promise<void> {
    let copyingOut = false
    for (let reply = await answer.next(); reply; reply = await answer.next()) {
      if (reply.type === 'ready') {
        this.#transaction = reply.transaction
        // What a LISTEN brings comes whenever it does.
        void this.#notify(answer)
        return
      }
      if (reply.type === 'failure') return resetConnection(this.#options.client)
      if (style !== 'simple') checkColumns(reply, style)
      if (copyingOut && reply.type === 'result') this.#write(message(fromServer.copyDone))
      this.#write(encodeReply(reply, style))
      if (reply.type === 'copying') {
        copyingOut = reply.way === 'out'
        if (this.#copy) this.#copy.begun = true
      }
      if (reply.type !== 'error') continue
      if (style !== 'simple') this.#skipping = true
      if (fatal.has(reply.error.severity)) return void this.#options.client.end()
    }
  }

  async #notify(answer: PeekedAnswer): Promise<void> {
    const { memory } = this.#options
    const since = memory.clock.now
    try {
      for (let reply = await answer.next(); reply; reply = await answer.next()) {
        if (reply.type !== 'notification') continue
        const { channel, payload, after = 0 } = reply
        await memory.clock.reached(since + after)
        if (this.#gone.signal.aborted) return
        this.#do(() => this.#write(message(fromServer.notification, Buffer.alloc(4), channel, payload)))
      }
    } catch {
      // The recording ends here.
    }
  }

  #endCopy(): void {
    const copy = this.#copy
    this.#copy = undefined
    const data = Buffer.concat(copy?.parts ?? [])
    copy?.whole.resolve({ type: 'copied', messages: copy.parts.length, bytes: data.length, data: [data] })
  }

  #refuse(error: Error): void {
    const { reply } = error as Error & { readonly reply?: PostgresError }
    this.#fail(reply ?? refusal(error))
    if (this.#transaction !== 'open') return
    this.#transaction = 'failed'
    this.#refused = true
  }

  #fail(error: PostgresError): void {
    this.#write(encodeError(error))
    this.#skipping = true
  }

  #ready(): void {
    this.#skipping = false
    this.#copy = undefined
    if (this.#transaction !== 'failed') this.#refused = false
    this.#write(readyForQuery(letters[this.#transaction]))
  }

  #write(bytes: Buffer): void {
    if (bytes.length > 0 && !this.#options.client.writableEnded) this.#options.client.write(bytes)
  }
}

async function* once<T>(value: Promise<T>): AsyncGenerator<T> {
  yield await value
}

function nothingPrepared(code: string): PostgresError {
  return { severity: 'ERROR', code, message: code === '34000' ? 'no such portal' : 'no such prepared statement' }
}
