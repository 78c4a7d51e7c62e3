import type { TestRef } from './exchange.ts'

/**
 * What these tests prove that the program needs of one answer: of one operation, answered with one status; or of messages
 * that a broker brings from one place. Plain JSON.
 */
export interface ProvedOperation {
  readonly boundary: string
  /** `POST /v1/charges`, `GET /users/{id}` */
  readonly operation: string
  /** 0 of messages, which have none. */
  readonly status: number
  readonly contentType: string
  readonly example: ProvedExample
  /** In document order: leaves, and objects and arrays that were read as a whole. */
  readonly fields: readonly ProvedField[]
  /** Pointers of objects and arrays around fields, without which these tests pass all the same. */
  readonly dispensable?: readonly string[]
  /** Groups of which any one is enough: `a ?? b`. Each member is a set of pointers. */
  readonly anyOf: readonly (readonly (readonly string[])[])[]
  /** Whether a body with only the needed fields passes, and the cell that shows it; `undefined` when it was not tried. */
  readonly sufficient: { readonly cell: string; readonly held: boolean } | undefined
  /** Set when the search was given up: after so many changes. What is said holds, and more may be needed. */
  readonly givenUpAfter?: number
  /** The scope: for these tests. */
  readonly tests: readonly TestRef[]
}

/**
 * One recorded exchange, redacted: what a consumer contract shows as its example. Of a message: `DELIVER`, the queue,
 * subject or topic, and its headers and body as those of the answer.
 */
export interface ProvedExample {
  readonly method: string
  readonly path: string
  /** Without its question mark; empty when there is none. */
  readonly query: string
  readonly requestHeaders: readonly (readonly [string, string])[]
  readonly requestBody: string
  readonly responseHeaders: readonly (readonly [string, string])[]
  /** Parsed. */
  readonly responseBody: unknown
}

/** One field of an answer, and what its loss leads to. */
export interface ProvedField {
  /** JSON Pointer into the body, `*` for every element of an array: `/items/*`. */
  readonly pointer: string
  /** As recorded: `string`, `number`, `integer`, `boolean`, `null`, `array`, `object`. */
  readonly types: readonly string[]
  /** Who reads it. `unknown` where reading could not be watched: it counts as if it may be read. */
  readonly readBy: 'program' | 'test' | 'both' | 'nobody' | 'unknown'
  /**
   * `asserted`: without it a test fails. `propagated`: without it something else is asked of other boundaries. `read`:
   * it is read, and its loss shows nowhere.
   */
  readonly grade: 'asserted' | 'propagated' | 'read' | 'unread'
  readonly absent?: FieldProof
  /** With `null` in its place. */
  readonly null?: FieldProof
  readonly wrongType?: FieldProof
}

/** What one change of a field led to. */
export interface FieldProof {
  /** Id of the cell that shows it. */
  readonly cell: string
  readonly needed: boolean
  readonly why: string
}
