import type { Portal, Prepared } from './statements.ts'
import { fromClient } from './types.ts'

/** One message of the client that the server will answer. */
export interface Token<T> {
  /** The client's message type, or `startup`. */
  readonly type: number
  /** What it belongs to, if it was worth taking down. */
  readonly tag: T | undefined
  /** The text it is about, for an error that comes before it runs. */
  readonly sql: string
  /** Of a Parse message, and of a Describe when answers are kept. */
  readonly prepared?: Prepared | undefined
  /** What runs or is described, when answers are kept. */
  readonly portal?: Portal | undefined
}

/** Stands for the untyped message that opens a session. It is answered like a query: everything up to ReadyForQuery. */
export const startupToken = 0

const { sync, query, functionCall } = fromClient
const readyAnswers: ReadonlySet<number> = new Set([startupToken, sync, query, functionCall])

/**
 * What the client has sent and the server has not yet answered, in order. Knows what the server skips after an error,
 * so that every answer meets its question although the client did not wait.
 */
export class Expectations<T> {
  #tokens: Token<T>[] = []
  #at = 0
  /** After an error in extended messages: the server reads on to the next Sync and answers nothing before. */
  #failed = false

  get length(): number {
    return this.#tokens.length - this.#at
  }

  /** The one that is being answered. */
  get head(): Token<T> | undefined {
    return this.#tokens[this.#at]
  }

  /** Whether the server reads on to the next Sync and does nothing before. */
  get skipping(): boolean {
    return this.#failed && this.length === 0
  }

  /** Whether a message of this type would be answered now. */
  answers(type: number): boolean {
    return !this.#failed || type === sync || this.length > 0
  }

  push(token: Token<T>): boolean {
    if (!this.answers(token.type)) return false
    this.#tokens.push(token)
    return true
  }

  shift(): Token<T> | undefined {
    const token = this.#tokens[this.#at]
    if (!token) return undefined
    this.#at++
    if (this.#at > 32 && this.#at * 2 > this.#tokens.length) {
      this.#tokens = this.#tokens.slice(this.#at)
      this.#at = 0
    }
    return token
  }

  /** Takes out the head when it is of this type. */
  take(type: number): Token<T> | undefined {
    return this.head?.type === type ? this.shift() : undefined
  }

  /**
   * The server reports an error. Returns what it will not answer any more, the culprit first; nothing for a simple
   * query, which still ends with ReadyForQuery.
   */
  fail(): Token<T>[] {
    const type = this.head?.type
    if (type === undefined || type === query || type === functionCall || type === startupToken) return []
    const dropped: Token<T>[] = []
    while (this.head && this.head.type !== sync) dropped.push(this.shift()!)
    this.#failed = true
    return dropped
  }

  /** ReadyForQuery. */
  ready(): Token<T> | undefined {
    this.#failed = false
    while (this.head && !readyAnswers.has(this.head.type)) this.shift()
    return this.shift()
  }

  /** COPY has begun from the client: the server ignores the Syncs it finds before the data. */
  ignoreSyncs(): void {
    const waiting = this.#tokens.slice(this.#at)
    this.#tokens = waiting.filter(({ type }, i) => i === 0 || type !== sync)
    this.#at = 0
  }

  /** Everything that waits, which nobody will answer any more. */
  clear(): Token<T>[] {
    const waiting = this.#tokens.slice(this.#at)
    this.#tokens = []
    this.#at = 0
    return waiting
  }
}
