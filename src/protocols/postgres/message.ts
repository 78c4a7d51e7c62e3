import type { Question } from '../../core/protocol.ts'
import type { Parameter } from './decode.ts'

/**
 * What a client asks of PostgreSQL.
 * - `connect`: to open a session; what the server sends unasked belongs to it, and it ends with the session.
 * - `statement`: to run SQL, one or more statements.
 * - `prepare`: to parse or describe only; taken down when it fails.
 * - `cancel`: to stop what another session does.
 */
export interface PostgresQuestion extends Question<PostgresReply> {
  readonly kind: 'connect' | 'statement' | 'prepare' | 'cancel'
  /** Number of the session in this process, to tell which statements share a connection. */
  readonly session: number
  readonly database: string
  readonly user: string
  /** The text as it was sent; empty for `connect` and `cancel`. */
  readonly sql: string
  readonly parameters: readonly Parameter[]
}

/** State between two questions: outside of a transaction, in one, or in one that has failed. */
export type TransactionStatus = 'idle' | 'open' | 'failed'

/** What PostgreSQL says went wrong. */
export type PostgresError = {
  readonly severity: string
  /** SQLSTATE, five characters: `23505`. */
  readonly code: string
  readonly message: string
  readonly detail?: string
  readonly hint?: string
  readonly constraint?: string
  readonly table?: string
  readonly column?: string
  /** Where in the text it was found, in characters from 1. */
  readonly position?: number
}

/** How a connection failed. */
export type PostgresFailure = 'unreachable' | 'reset' | 'malformed'

/** What came back. Rows are counted, not kept. */
export type PostgresReply =
  | { readonly type: 'result'; readonly command: string; readonly rows: number; readonly bytes: number }
  /** The portal has more rows than were asked for. */
  | { readonly type: 'suspended'; readonly rows: number; readonly bytes: number }
  /** COPY data, in either direction. */
  | { readonly type: 'copied'; readonly messages: number; readonly bytes: number }
  | { readonly type: 'error'; readonly error: PostgresError }
  | { readonly type: 'notice'; readonly error: PostgresError }
  /** Not done, because an earlier message of the same group failed. */
  | { readonly type: 'skipped' }
  | { readonly type: 'ready'; readonly transaction: TransactionStatus }
  | { readonly type: 'notification'; readonly channel: string; readonly payload: string }
  | { readonly type: 'parameter'; readonly name: string; readonly value: string }
  | { readonly type: 'failure'; readonly failure: PostgresFailure; readonly message: string }
