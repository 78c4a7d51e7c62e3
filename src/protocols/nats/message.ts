import type { JsonObject } from '../../core/json.ts'
import type { Question } from '../../core/protocol.ts'

/**
 * What a client asks of NATS.
 * - `connect`: to be let in; what the server says of the connection belongs to it.
 * - `publish`: to hand a message on; with `reply`, it is a request, and the first reply is its answer.
 * - `subscribe`: to be brought messages, which are its answer until it is taken back.
 */
export interface NatsQuestion extends Question<NatsReply> {
  readonly kind: 'connect' | 'publish' | 'subscribe'
  /** Number of the connection in this process, to tell which questions share one. */
  readonly session: number
  /** Empty for `connect`. */
  readonly subject: string
  /** Where an answer is expected. */
  readonly reply?: string
  /** The group that shares a subscription. */
  readonly queue?: string
  /** As they stand on the wire, the version line first; empty when there are none. */
  readonly headers: string
  readonly body: Uint8Array
  /** Of the whole body, when only its beginning was kept. */
  readonly size: number
  /** What CONNECT says. */
  readonly options?: JsonObject
}

/** How a connection failed. */
export type NatsFailure = 'unreachable' | 'reset' | 'malformed' | 'timeout'

/** A message that was delivered. */
export interface NatsMessage {
  readonly type: 'message'
  readonly subject: string
  readonly reply?: string
  readonly headers: string
  readonly body: Uint8Array
  readonly size: number
  /** How many messages all connections together had published since the subscription; kept to be replayed in time. */
  readonly after?: number
}

/** What came back, or what the client said of what came back. */
export type NatsReply =
  | NatsMessage
  /** By the client, of a message of JetStream: `+ACK`, `-NAK`, `+WPI`, `+TERM`. */
  | { readonly type: 'ack'; readonly ack: string; readonly stream: string; readonly sequence: number }
  /** By the client: it asks for the next messages of a consumer. */
  | { readonly type: 'pull' }
  | { readonly type: 'info'; readonly info: JsonObject }
  | { readonly type: 'ok' }
  | { readonly type: 'error'; readonly message: string }
  /** The connection went on in TLS, which is carried and not understood. */
  | { readonly type: 'tls' }
  | { readonly type: 'failure'; readonly failure: NatsFailure; readonly message: string }
