import type { JsonObject } from '../../core/json.ts'
import type { Question } from '../../core/protocol.ts'
import type { MqttVersion } from './decode.ts'

/**
 * What a client asks of a broker.
 * - `connect`: to be let in; it ends with the connection.
 * - `publish`: to hand a message on; answered by as many acknowledgements as its quality of service has.
 * - `subscribe`: to be brought messages, which are its answer until it is taken back.
 */
export interface MqttQuestion extends Question<MqttReply> {
  readonly kind: 'connect' | 'publish' | 'subscribe' | 'unsubscribe'
  /** Number of the connection in this process, to tell which questions share one. */
  readonly session: number
  readonly version: MqttVersion
  readonly clientId: string
  /** Of `publish`, also where only its alias was sent. */
  readonly topic: string
  readonly filters: readonly string[]
  readonly qos: 0 | 1 | 2
  readonly retain: boolean
  /** Of MQTT 5, by name. */
  readonly properties: JsonObject
  readonly body: Uint8Array
  /** Of the whole body, when only its beginning was kept. */
  readonly size: number
  /** What CONNECT says besides. */
  readonly options?: JsonObject
}

/** How a connection failed. */
export type MqttFailure = 'unreachable' | 'reset' | 'malformed' | 'timeout'

/** Packets that acknowledge others. */
export type AckName = 'CONNACK' | 'PUBACK' | 'PUBREC' | 'PUBREL' | 'PUBCOMP' | 'SUBACK' | 'UNSUBACK' | 'AUTH'

/** What came back, or what the client said of what came back. */
export type MqttReply =
  | {
      readonly type: 'message'
      readonly topic: string
      readonly qos: 0 | 1 | 2
      readonly retain: boolean
      readonly duplicate: boolean
      readonly properties: JsonObject
      readonly body: Uint8Array
      readonly size: number
      /** How many messages all connections together had published since the subscription; kept to be replayed in time. */
      readonly after?: number
    }
  /** Reason codes of 128 and more refuse; so does any but 0 of a CONNACK. */
  | { readonly type: 'ack'; readonly packet: AckName; readonly reasons: readonly number[]; readonly text?: string }
  /** By the client, as it had no acknowledgement. */
  | { readonly type: 'resent' }
  | { readonly type: 'disconnect'; readonly reason: number; readonly text?: string }
  | { readonly type: 'failure'; readonly failure: MqttFailure; readonly message: string }
