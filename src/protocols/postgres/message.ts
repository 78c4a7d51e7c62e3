import type { Question } from '../../core/protocol.ts'
import type { Parameter } from './decode.ts'

/**
 * What a client asks of PostgreSQL.
 * - `connect`: to open a session; what the server sends unasked belongs to it, and it ends with the session.
 * - `statement`: to run SQL, one or more statements.
 * - `prepare`: to parse or describe only; taken down when it fails, and when answers are kept.
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
  readonly schema?: string
  readonly constraint?: string
  readonly table?: string
  readonly column?: string
  readonly dataType?: string
  /** Where in the text it was found, in characters from 1. */
  readonly position?: number
  /** The same within a statement that the server has made itself. */
  readonly internalPosition?: number
  readonly internalQuery?: string
  /** The calls within the server's procedures. */
  readonly where?: string
  /** Of the server's source. */
  readonly file?: string
  readonly line?: string
  readonly routine?: string
}

/** How a connection failed. */
export type PostgresFailure = 'unreachable' | 'reset' | 'malformed'

/** A column of a result, as the server describes it. */
export interface Field {
  readonly name: string
  /** Object identifier of its table and number of its column there; 0 for what is computed. */
  readonly table: number
  readonly column: number
  /** Object identifier of its type, size of it in bytes or a negative number, and modifier. */
  readonly type: number
  readonly size: number
  readonly modifier: number
  /** 0 for text, 1 for binary. */
  readonly format: number
}

/** A row: of each field its bytes in the field's format, or null. */
export type Row = readonly (Uint8Array | null)[]

/** What a statement brought. Rows are counted; they stand in `data` only when they are kept to be replayed. */
export interface Rows {
  readonly rows: number
  readonly bytes: number
  /** Null: the server said that there are none; left out: nobody asked. */
  readonly fields?: readonly Field[] | null
  readonly data?: readonly Row[]
  /** There was too much to keep. */
  readonly cut?: true
}

/** COPY data. */
export interface Copied {
  readonly messages: number
  readonly bytes: number
  /** Kept as rows are; what a client sends is joined. */
  readonly data?: readonly Uint8Array[]
  readonly cut?: true
}

/** What came back. */
export type PostgresReply =
  | ({ readonly type: 'result'; readonly command: string } & Rows)
  /** The portal has more rows than were asked for. */
  | ({ readonly type: 'suspended' } & Rows)
  /** COPY begins; said when answers are kept. */
  | {
      readonly type: 'copying'
      readonly way: 'in' | 'out'
      /** 0 for text, 1 for binary, of all and of each column. */
      readonly format: number
      readonly columns: readonly number[]
    }
  /** COPY data, in either direction. */
  | ({ readonly type: 'copied' } & Copied)
  /** What a prepared statement takes and brings: object identifiers of types, and columns. */
  | { readonly type: 'description'; readonly parameters: readonly number[]; readonly fields: readonly Field[] | null }
  | { readonly type: 'error'; readonly error: PostgresError }
  | { readonly type: 'notice'; readonly error: PostgresError }
  /** Not done, because an earlier message of the same group failed. */
  | { readonly type: 'skipped' }
  | { readonly type: 'ready'; readonly transaction: TransactionStatus }
  | {
      readonly type: 'notification'
      readonly channel: string
      readonly payload: string
      /** How many statements all sessions together had asked since the LISTEN; kept to be replayed in time. */
      readonly after?: number
    }
  | { readonly type: 'parameter'; readonly name: string; readonly value: string }
  | { readonly type: 'failure'; readonly failure: PostgresFailure; readonly message: string }
