import type { Ending, Exchange, TestRef } from '../core/exchange.ts'
import type { FailureKind } from '../core/protocol.ts'

/** What a service says went wrong: `{ code: '23505', message: 'duplicate key value …' }`. */
export interface ServerError {
  /** SQLSTATE, error number, status, or the first word of the text; empty where there is none. */
  readonly code: string
  readonly message: string
  /** What else it says, a line each. */
  readonly details?: readonly string[]
}

/** State of a database session after a statement. */
export type TransactionState = 'idle' | 'open' | 'failed'

/** What a statement was and what became of it. */
export interface SqlFacts {
  readonly text: string
  /** The text without its values: `SELECT name FROM orders WHERE id = ?`. */
  readonly fingerprint: string
  /** Verbs of its statements: `['BEGIN', 'INSERT']`. */
  readonly verbs: readonly string[]
  readonly parameters: readonly (string | null)[]
  readonly rows: number
  /** What the server says it has done: `COMMIT`, `INSERT 0 1`; empty when it did nothing. */
  readonly done: string
  /** `undefined` when the server did not say. */
  readonly transaction: TransactionState | undefined
}

/** What a server says of how it ran a statement. */
export interface PlanFacts {
  /** The statement, as it was sent. */
  readonly text: string
  readonly plan: string
}

/** A message that the program handed on. */
export interface PublishFacts {
  /** Subject, topic, channel or stream. */
  readonly channel: string
  /** The beginning of the message as text. */
  readonly body: string
  /** Whether the broker confirmed it; `undefined` when it was not asked to. */
  readonly confirmed: boolean | undefined
}

/** A message that the program was brought. */
export interface DeliveryFacts {
  readonly channel: string
  /** Milliseconds since the question of its exchange. */
  readonly ms: number
  readonly body: string
  /** It has been delivered before. */
  readonly again: boolean
  /** By which its acknowledgement is found: equal for the same message; `undefined` when it needs none. */
  readonly key: string | undefined
  /** Who it was for, such as the name of a JetStream consumer. */
  readonly consumer: string
  /** Of `consumer`: a later message has a higher one. */
  readonly sequence: number
}

/** What an HTTP exchange was. */
export interface HttpFacts {
  readonly method: string
  readonly url: string
  /** 0 when there was no answer. */
  readonly status: number
  /** Sent again, it is the same to the service whatever else: its method says so. */
  readonly repeatable: boolean
  /** By which the service knows it again. */
  readonly idempotencyKey: string | undefined
  /** Method, address and body as one string. */
  readonly sent: string
}

/** What an exchange was, in words that several protocols share. Everything may be missing. */
export interface Facts {
  /** The connection; equal only for exchanges over the same one. */
  readonly session?: string
  readonly connect?: true
  readonly sql?: SqlFacts
  /** Of this statement, or, told late, of one of the same session. */
  readonly plans?: readonly PlanFacts[]
  readonly published?: PublishFacts
  readonly subscribed?: string
  readonly delivered?: readonly DeliveryFacts[]
  /** It is itself a message that came in, and nothing that the program asked. */
  readonly incoming?: true
  /** Keys of messages that the program has acknowledged here. */
  readonly acknowledged?: readonly string[]
  /** Whether messages for a consumer are to be acknowledged, as far as this exchange says. */
  readonly acknowledges?: { readonly consumer: string; readonly policy: 'none' | 'each' | 'all' }
  readonly http?: HttpFacts | undefined
  /** By which people find it in logs: `x-request-id`, `traceparent`, `correlationId` and the like. */
  readonly ids?: readonly (readonly [name: string, value: string])[] | undefined
  readonly error?: ServerError | undefined
  readonly failure?: FailureKind | undefined
}

/** One exchange of a run, as the timeline sees it. */
export interface Moment {
  readonly id: string
  readonly boundary: string
  readonly protocol: string
  /** `INSERT orders`, `POST /v1/charges`. */
  readonly operation: string
  readonly effect: boolean
  readonly test: TestRef | null
  /** The line of the program that asked, where that is known; of what is asked over HTTP it is found elsewhere. */
  readonly site?: string
  /** The line of the program that ended it, such as by an acknowledgement, where that is known. */
  readonly endSite?: string
  /** When it was asked, milliseconds since the epoch. */
  readonly at: number
  /** Null when it never ended. */
  readonly durationMs: number | null
  /** Place of its question among all that happened in the run. */
  readonly asked: number
  /** Place of its end; infinite when it never ended. */
  readonly answered: number
  readonly ending: Ending
  /** False when the answer was a failure or says no; null when it never ended. */
  readonly ok: boolean | null
  /** One line: `SELECT name FROM orders WHERE id = ?  [5]`. */
  readonly question: string
  /** One line: `1 row`; null when it never ended. */
  readonly answer: string | null
  readonly fromRecording: boolean
  /** Read when it is first asked for. Empty when the content of the exchange cannot be read. */
  readonly facts: Facts
  /** All that was written down. Reading it may throw what reading a cassette throws; `undefined`: nothing was. */
  readonly exchange: Exchange | undefined
}

/** A test of the run. */
export interface TimelineTest {
  readonly test: TestRef
  readonly state: 'passed' | 'failed' | 'skipped' | 'unfinished'
  readonly error: string | null
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** When its end was told of; null when it did not end. */
  readonly endedAt: number | null
  /** Null when it did not end. */
  readonly durationMs: number | null
}

/** What crossed the boundaries of a run. */
export interface Timeline {
  /** In the order they were asked. */
  readonly moments: readonly Moment[]
  readonly tests: readonly TimelineTest[]
  /** When the last thing happened, milliseconds since the epoch. */
  readonly endedAt: number
}

/** One string for one test; empty for what happened outside of any. */
export function keyOfTest(test: TestRef | null): string {
  return test === null ? '' : `${test.file}\n${test.name}`
}

/** The moments of each test, by `keyOfTest`. */
export function byTest(moments: readonly Moment[]): ReadonlyMap<string, readonly Moment[]> {
  return Map.groupBy(moments, ({ test }) => keyOfTest(test))
}

/** When it ended, milliseconds since the epoch; infinite when it never did. */
export function endOf({ at, durationMs }: Moment): number {
  return durationMs === null ? Number.POSITIVE_INFINITY : at + durationMs
}
