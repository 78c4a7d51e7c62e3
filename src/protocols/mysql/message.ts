import type { Question } from '../../core/protocol.ts'

/**
 * What a client asks of MariaDB or MySQL.
 * - `connect`: to open a session.
 * - `query`: to run SQL, one or more statements.
 * - `execute`: to run a statement that was prepared.
 * - `prepare`: to prepare one; taken down when it fails.
 * - `command`: anything else that is answered, by its name: `PING`, `USE`.
 */
export interface MysqlQuestion extends Question<MysqlReply> {
  readonly kind: 'connect' | 'query' | 'execute' | 'prepare' | 'command'
  /** Number of the session in this process, to tell which statements share a connection. */
  readonly session: number
  readonly database: string
  readonly user: string
  /** The text as it was sent; the name of a `command`; empty for `connect`. */
  readonly sql: string
  readonly parameters: readonly Parameter[]
  /** True when a part of it was too large to keep. */
  readonly cut?: true
}

/** A value sent beside a statement: as text, bytes that are no text as `\x` and hexadecimal digits, or null. */
export type Parameter = string | null

/** A value of a row as the text protocol has it: text, bytes that are none, or null. */
export type MysqlValue = string | Uint8Array | null

/** What the server says of a column. */
export interface MysqlColumn {
  readonly name: string
  readonly orgName: string
  readonly table: string
  readonly orgTable: string
  readonly schema: string
  /** Number of the character set; 63 is binary. */
  readonly charset: number
  readonly length: number
  /** Number of the type. */
  readonly type: number
  readonly flags: number
  readonly decimals: number
  /** What MariaDB says of the type besides its number: `uuid`. */
  readonly dataType?: string
  /** `json`. */
  readonly format?: string
}

/** What MariaDB or MySQL says went wrong. */
export type MysqlError = {
  /** `1062`. */
  readonly errno: number
  /** Five characters: `23000`. */
  readonly sqlstate: string
  readonly message: string
}

/** How a connection failed. */
export type MysqlFailure = 'unreachable' | 'reset' | 'malformed' | 'timeout'

/** What a statement did that gives no rows. */
export interface MysqlDone {
  readonly type: 'done'
  readonly affected: number
  /** A text where it is too large for a number; 0 when there is none. */
  readonly insertId: number | string
  readonly warnings: number
  /** `Rows matched: 1  Changed: 1  Warnings: 0`. */
  readonly info: string
  /** The session is in a transaction now. */
  readonly transaction: boolean
}

/** One result with rows. */
export interface MysqlRows {
  readonly type: 'rows'
  readonly rows: number
  /** Of all rows, as they were sent. */
  readonly bytes: number
  readonly warnings: number
  readonly transaction: boolean
  readonly columns: readonly MysqlColumn[]
  readonly values: readonly (readonly MysqlValue[])[]
  /** True when `values` are not all, as there was too much of them. */
  readonly cut?: true
}

/** What came back; a question with several results has several. */
export type MysqlReply =
  | MysqlDone
  | MysqlRows
  | { readonly type: 'error'; readonly error: MysqlError }
  /** The session is open. */
  | { readonly type: 'ready'; readonly version: string }
  /** The server asked the client for a file, and got so many bytes. */
  | { readonly type: 'file'; readonly name: string; readonly bytes: number }
  | { readonly type: 'failure'; readonly failure: MysqlFailure; readonly message: string }
