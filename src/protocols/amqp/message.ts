import type { JsonObject } from '../../core/json.ts'
import type { Question } from '../../core/protocol.ts'

/**
 * What is asked over an AMQP connection.
 * - `connect`: to be let in, and to which virtual host; what the broker says of the connection belongs to it.
 * - `publish`: to hand a message on; a confirm or a return is its answer.
 * - `consume`: to be brought messages. Each of them is a `deliver` of its own, which ends when it is settled.
 * - `get`: one message at once; it ends when that is settled.
 * - `method`: everything else, such as `queue.declare`.
 */
export interface AmqpQuestion extends Question<AmqpReply> {
  readonly kind: 'connect' | 'publish' | 'consume' | 'deliver' | 'get' | 'method'
  /** Number of the connection in this process, to tell which questions share one. */
  readonly session: number
  readonly channel: number
  /** As the specification calls it: `basic.publish`. */
  readonly name: string
  /** Arguments of the method; of `connect`, the virtual host, the user and what the client says of itself. */
  readonly fields: JsonObject
  /** Of a message: content type, headers and so on. */
  readonly properties?: JsonObject
  readonly body: Uint8Array
  /** Of the whole body, when only its beginning was kept. */
  readonly size: number
}

/** How a connection failed. */
export type AmqpFailure = 'unreachable' | 'reset' | 'malformed' | 'timeout'

/** A message that was delivered, or fetched. */
export interface AmqpMessage {
  readonly type: 'message'
  readonly exchange: string
  readonly routingKey: string
  /** It has been delivered before. */
  readonly redelivered: boolean
  /** How many are left in the queue, where the message was fetched. */
  readonly messageCount?: number
  readonly properties: JsonObject
  readonly body: Uint8Array
  readonly size: number
}

/** What came back, or what the client said of what came back. */
export type AmqpReply =
  | AmqpMessage
  /** The answer to a method. */
  | { readonly type: 'ok'; readonly name: string; readonly fields: JsonObject }
  /**
   * A consumer was brought a message, which has an exchange of its own; `after` so many messages had been published
   * since it began, where that is to be replayed.
   */
  | { readonly type: 'delivery'; readonly after?: number }
  /** There was nothing to fetch. */
  | { readonly type: 'empty' }
  /** By the client, of a message. */
  | { readonly type: 'settle'; readonly how: 'ack' | 'nack' | 'reject'; readonly requeue: boolean }
  /** The broker has taken the message, or has not. */
  | { readonly type: 'confirm'; readonly ack: boolean }
  /** No queue wanted the message. */
  | { readonly type: 'return'; readonly code: number; readonly text: string }
  /** What was done within a transaction came to be, or did not. */
  | { readonly type: 'commit' | 'rollback' }
  /** The broker ended a consumer. */
  | { readonly type: 'cancelled' }
  /** The broker is short of something and takes no messages. */
  | { readonly type: 'blocked'; readonly reason: string }
  | { readonly type: 'unblocked' }
  /** One side closed the channel or the connection because of a mistake or a need. */
  | { readonly type: 'closed'; readonly what: 'channel' | 'connection'; readonly code: number; readonly text: string }
  | { readonly type: 'failure'; readonly failure: AmqpFailure; readonly message: string }
