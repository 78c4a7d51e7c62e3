import type { Question } from '../../core/protocol.ts'
import type { Resp } from './resp.ts'

/**
 * What a client asks of Redis: one command. Opening a connection is one only when it fails.
 */
export interface RedisQuestion extends Question<RedisReply> {
  readonly kind: 'command' | 'connect'
  /** Number of the connection in this process, to tell which commands share one. */
  readonly session: number
  /** What was selected when the command was sent. */
  readonly database: number
  /** The command's name first, as it was sent; empty for `connect`. */
  readonly args: readonly Uint8Array[]
  /** True when a part of it was too large to keep. */
  readonly cut?: true
}

/** How a connection failed. */
export type RedisFailure = 'unreachable' | 'reset' | 'malformed' | 'timeout'

/**
 * What came back.
 * - `reply`: the answer; `QUEUED` within a transaction.
 * - `push`: what a subscription, MONITOR or tracking brings, for as long as it lasts.
 * - `executed`: what came of a command of a transaction when EXEC ran it.
 */
export type RedisReply =
  | { readonly type: 'reply' | 'push' | 'executed'; readonly value: Resp; readonly bytes: number; readonly cut?: true }
  /** Not run, as its transaction was given up. */
  | { readonly type: 'discarded' }
  | { readonly type: 'failure'; readonly failure: RedisFailure; readonly message: string }
