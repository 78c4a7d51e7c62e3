import type { Exchange, TestRef, Timed } from '../../src/core/exchange.ts'
import type { AmqpReply } from '../../src/protocols/amqp/message.ts'
import { amqpNotation } from '../../src/protocols/amqp/notation.ts'
import { describe as describeNats } from '../../src/protocols/nats/describe.ts'
import type { NatsReply } from '../../src/protocols/nats/message.ts'
import { natsNotation } from '../../src/protocols/nats/notation.ts'
import { fingerprintOf } from '../../src/protocols/postgres/fingerprint.ts'
import type { PostgresError, PostgresReply, TransactionStatus } from '../../src/protocols/postgres/message.ts'
import { postgresNotation } from '../../src/protocols/postgres/notation.ts'
import { makeMoments, type Seen } from '../../src/timeline/make-moments.ts'
import type { Timeline, TimelineTest } from '../../src/timeline/moment.ts'
import { httpNotation } from '../../src/protocols/http/notation.ts'
import type { HttpReply } from '../../src/protocols/http/message.ts'

/** How a statement went. */
export interface Statement {
  readonly parameters?: readonly (string | null)[]
  readonly rows?: number
  /** Number of the connection (default 1). */
  readonly on?: number
  readonly ms?: number
  readonly error?: Partial<PostgresError>
  /** The connection was lost instead of an answer. */
  readonly lost?: true
  readonly notice?: string
  readonly boundary?: string
  /** False: it has no answer yet; `answer()` gives one. */
  readonly ends?: boolean
}

/** How a request went. */
export interface Request {
  readonly boundary?: string
  /** Goes on from the path: `?page=2`. */
  readonly query?: string
  readonly status?: number
  readonly body?: string
  readonly answer?: string
  readonly headers?: readonly (readonly [string, string])[]
  readonly ms?: number
  readonly failure?: 'reset' | 'timeout'
}

const files = { put: () => '', get: () => new Uint8Array() }

/** Builds timelines as a journal would have them: contents are written down and read again. */
export class TimelineBuilder {
  readonly #seen: Seen[] = []
  readonly #tests: TimelineTest[] = []
  #place = 0
  #now = Date.UTC(2026, 2, 1)
  #ids = 0
  #test: TestRef | null = null
  readonly #states = new Map<number, TransactionStatus>()

  get timeline(): Timeline {
    return { moments: makeMoments(this.#seen), tests: this.#tests, endedAt: this.#now }
  }

  test(name: string, body: () => void, error: string | null = null): this {
    const test = { file: 'test/orders.test.ts', name }
    const startedAt = this.#now
    this.#test = test
    body()
    this.#test = null
    this.#now++
    this.#tests.push({
      test,
      state: error === null ? 'passed' : 'failed',
      error,
      startedAt,
      endedAt: this.#now,
      durationMs: 1,
    })
    return this
  }

  wait(ms: number): this {
    this.#now += ms
    return this
  }

  sql(text: string, how: Statement = {}): this {
    const { parameters = [], rows = 0, on = 1, error, notice, boundary = 'orders' } = how
    const { operation, effect, verbs } = fingerprintOf(text)
    const before = this.#states.get(on) ?? 'idle'
    const ended = verbs.at(-1) === 'COMMIT' || verbs.at(-1) === 'ROLLBACK'
    const done = ended && before === 'failed' ? 'ROLLBACK' : (verbs.at(-1) ?? '')
    const after = verbs.includes('BEGIN') ? 'open' : ended ? 'idle' : error && before !== 'idle' ? 'failed' : before
    if (how.ends !== false) this.#states.set(on, after)
    const replies: PostgresReply[] = [
      ...(notice === undefined ? [] : [{ type: 'notice' as const, error: problem({ message: notice }) }]),
      how.lost
        ? { type: 'failure', failure: 'reset', message: 'the connection was lost' }
        : error
          ? { type: 'error', error: problem(error) }
          : { type: 'result', command: rows > 0 ? `SELECT ${rows}` : done, rows, bytes: 0 },
      ...(how.lost ? [] : [{ type: 'ready' as const, transaction: after }]),
    ]
    const question = { kind: 'statement', session: on, database: 'shop', user: 'shop', sql: text, parameters } as const
    const content = postgresNotation.read(
      postgresNotation.write({ question, messages: how.ends === false ? [] : replies.map(timed) }, files),
      files,
    )
    const values = parameters.length > 0 ? `  [${parameters.join(', ')}]` : ''
    const answer = error ? `${error.code} ${error.message}` : rows > 0 ? `${rows} rows` : done
    return this.#add({
      boundary,
      protocol: 'postgres',
      operation,
      effect,
      question: text + values,
      answer,
      content,
      ...how,
      ok: !error && !how.lost,
    })
  }

  /** A transaction on one connection. */
  transaction(body: () => void, how: { readonly on?: number; readonly end?: 'COMMIT' | 'ROLLBACK' } = {}): this {
    const { on = 1, end = 'COMMIT' } = how
    this.sql('BEGIN', { on })
    body()
    return this.sql(end, { on })
  }

  http(operation: string, how: Request = {}): this {
    const { status = 200, body = '', answer = '', headers = [], query = '', failure } = how
    const [method = '', path = ''] = operation.split(' ')
    const replies: HttpReply[] = failure
      ? [{ type: 'failure', failure, message: `the service ended by ${failure}` }]
      : [
          {
            type: 'head',
            status,
            reason: status < 400 ? 'OK' : 'Refused',
            version: '1.1',
            headers: [['X-Request-Id', 'req-1']],
          },
          { type: 'data', bytes: Buffer.from(answer) },
        ]
    const url = `https://api.pay.test${path}${query}`
    const question = { method, url, version: '1.1', headers, body: Buffer.from(body), trailers: [] } as const
    const content = httpNotation.read(httpNotation.write({ question, messages: replies.map(timed) }, files), files)
    const ok = !failure && status < 400
    const effect = method !== 'GET'
    const what = { boundary: 'payments', protocol: 'http', operation, effect, question: `${method} ${url}`, ok }
    return this.#add({ ...what, answer: failure ?? String(status), content, ...how })
  }

  /** A message to NATS; with `reply`, one that JetStream is to confirm. */
  publish(
    subject: string,
    body: string,
    how: {
      readonly reply?: string
      readonly messages?: readonly NatsReply[]
      readonly ends?: boolean
      readonly ms?: number
    } = {},
  ): this {
    return this.#nats('publish', subject, body, how.messages?.map(timed) ?? [], how)
  }

  /** A subscription of NATS with all that came of it. */
  subscribe(subject: string, messages: readonly Timed<NatsReply>[], how: { readonly ends?: boolean } = {}): this {
    return this.#nats('subscribe', subject, '', messages, how)
  }

  /** A message that RabbitMQ brings, and how the consumer settles it; left out: it does not. */
  deliver(queue: string, body: string, settled?: 'ack' | 'requeue' | 'reject'): this {
    const bytes = { body: Buffer.from(body), size: body.length }
    const fields = { queue, deliveryTag: `${this.#place}` }
    const question = { kind: 'deliver', session: 1, channel: 1, name: 'basic.deliver', fields, ...bytes } as const
    const brought: AmqpReply = {
      type: 'message',
      exchange: '',
      routingKey: queue,
      redelivered: false,
      properties: {},
      ...bytes,
    }
    const how = settled === 'ack' ? 'ack' : 'nack'
    const end: AmqpReply[] = settled ? [{ type: 'settle', how, requeue: settled === 'requeue' }] : []
    const content = amqpNotation.read(
      amqpNotation.write({ question, messages: [brought, ...end].map(timed) }, files),
      files,
    )
    const operation = `DELIVER ${queue}`
    const what = { boundary: 'events', protocol: 'amqp', operation, effect: false, question: `${operation} ${body}` }
    return this.#add({ ...what, answer: settled ?? '', ok: true, content, ends: settled !== undefined })
  }

  #nats(
    kind: 'publish' | 'subscribe',
    subject: string,
    body: string,
    messages: readonly Timed<NatsReply>[],
    how: { readonly reply?: string; readonly ends?: boolean; readonly ms?: number },
  ): this {
    const { reply, ends, ms } = how
    const question = {
      kind,
      session: 1,
      subject,
      headers: '',
      body: Buffer.from(body),
      size: body.length,
      ...(reply && { reply }),
    } as const
    const { name: operation, effect } = describeNats(question)
    const content = natsNotation.read(natsNotation.write({ question, messages }, files), files)
    const what = { boundary: 'events', protocol: 'nats', operation, effect, question: `${operation} ${body}`, ok: true }
    return this.#add({
      ...what,
      answer: 'sent',
      content,
      ...(ends !== undefined && { ends }),
      ...(ms !== undefined && { ms }),
    })
  }

  #add(made: {
    readonly boundary: string
    readonly protocol: string
    readonly operation: string
    readonly effect: boolean
    readonly question: string
    readonly answer: string
    readonly ok: boolean
    readonly content: { readonly question: unknown; readonly messages: readonly Timed<unknown>[] }
    readonly ms?: number
    readonly ends?: boolean
  }): this {
    const { content, answer, ok, ms = 1, ends = true, boundary, protocol, operation, effect, question } = made
    const id = `1-${++this.#ids}`
    const at = this.#now
    const asked = this.#place++
    if (ends) this.#now += ms
    const about = { id, boundary, protocol, operation, effect, test: this.#test }
    const exchange: Exchange = { ...about, askedAt: at, durationMs: ms, ...content, ending: ends ? 'complete' : 'open' }
    const end = { place: this.#place++, durationMs: ms, ending: 'complete', ok, answer } as const
    this.#seen.push({ ...about, at, asked, question, fromRecording: false, exchange, ...(ends && { end }) })
    return this
  }
}

function problem(error: Partial<PostgresError>): PostgresError {
  return { severity: 'ERROR', code: 'XX000', message: 'it went wrong', ...error }
}

function timed<M>(message: M): Timed<M> {
  return { ms: 0.5, from: 'service', message }
}
