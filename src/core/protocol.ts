import type { Duplex } from 'node:stream'
import type { Timed } from './exchange.ts'
import type { Facet, Identity } from './identity.ts'
import type { JsonObject } from './json.ts'
import type { Peer } from './peer.ts'
import type { Redactor } from './redaction.ts'

/** Opens a new connection to the service. Only the engine has one of these to give. */
export type Connect = () => Promise<Duplex>

/** Where a connection was accepted, and when to stop serving it. */
export interface Place {
  /** What the client believes it talks to: `https://api.github.com`; relative questions are resolved against it. */
  readonly origin: string
  /** `host:port` of our listener, when the client was given that instead; it does not reach the question. */
  readonly address?: string
  readonly signal: AbortSignal
  /** Accepts TLS in mid-stream; left out, clients that ask for it are told to go without. */
  readonly acceptTls?: (client: Duplex) => Promise<Duplex>
  /** Told of a client that speaks something else, in words for people: `HTTP`. */
  readonly strange?: (spoken: string) => void
}

/** A question that the client may follow with more: WebSocket frames, COPY data, opaque bytes. */
export interface Question<R> {
  readonly incoming?: AsyncIterable<R>
}

/** Where bytes too large or too binary for a line of JSON are kept. */
export interface BodyFiles {
  /** Keeps bytes under a name derived from their content and returns that name. */
  put(bytes: Uint8Array, extension: string): string
  /** @throws MortarError `MORTAR_CASSETTE_BODY_MISSING` */
  get(name: string): Uint8Array
}

/** The part of an exchange that only its protocol understands. */
export interface Content<Q, R> {
  readonly question: Q
  readonly messages: readonly Timed<R>[]
}

/** How an exchange is written down, for people first: the same notation in cassettes and in the journal. */
export interface Notation<Q, R> {
  write(content: Content<Q, R>, files: BodyFiles): JsonObject
  /** Gives back exactly what was written. @throws MortarError `MORTAR_CASSETTE_UNREADABLE` */
  read(json: JsonObject, files: BodyFiles): Content<Q, R>
}

/** What a question does on the other side. */
export interface Operation {
  readonly name: string
  readonly effect: boolean
}

/** How a connection can fail, whatever it carries. */
export type FailureKind = 'unreachable' | 'timeout' | 'reset' | 'malformed'

/** What came back, in short. */
export interface Outcome {
  readonly summary: string
  /** False for a failure or an answer that says no. */
  readonly ok: boolean
  /** How the connection failed, if it did. */
  readonly failure?: FailureKind
}

/** How to read and write one wire. Knows nothing of recording, replay or faults, and opens no socket. */
export interface Protocol<Q extends Question<R>, R> {
  /** Stable; written to cassettes. */
  readonly name: string
  readonly notation: Notation<Q, R>
  /** Speaks the service's side of `client` until it ends, asking `peer` for each answer. Does not reject. */
  serve(client: Duplex, peer: Peer<Q, R>, place: Place): Promise<void>
  /** What to offer the service in the TLS handshake for this question, best first. */
  alpn?(question: Q): readonly string[]
  /** Speaks the client's side, over as many connections as it needs. */
  dial(connect: Connect): Peer<Q, R>
  /** What makes the question the one it is. */
  identify(question: Q): Identity
  /** Decides alone between questions of one origin, method and path, where the boundary says so. Pure. */
  sameQuestion?(asked: Q, recorded: Q): boolean
  /** The parts of a question one by one, to explain a difference. */
  facets(question: Q): readonly Facet[]
  describe(question: Q): Operation
  /** The question in one line for people: `GET https://api.github.com/user`. */
  summarize(question: Q): string
  /** What came back in one line for people: `200 OK, 2.1 kB` or `reset`; and whether it is an answer one hopes for. */
  outcome(messages: readonly R[]): Outcome
  /** Whether what the client sent after its question is what it sent when this was recorded. */
  same?(asked: R, recorded: R): boolean
  /**
   * Replaces message-by-message comparison by `same`, for wires whose messages have no fixed bounds. The function
   * returned is called with what was recorded and waits until the client has sent as much.
   */
  listen?(question: Q): (recorded: R) => Promise<{ readonly asked: R | undefined } | undefined>
  /** Whether an answer that has not ended yet is one that need not end, such as a stream of events. Default: it is. */
  endless?(messages: readonly R[]): boolean
  /** How this protocol says no. */
  refuse(question: Q, error: Error): readonly R[]
  /** Replaces secrets, in question and messages. Returns its argument when there was nothing to replace. */
  redact(content: Content<Q, R>, redactor: Redactor): Content<Q, R>
}
