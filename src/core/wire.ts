import type { Duplex } from 'node:stream'
import type { Faults } from './fault.ts'
import type { Connect, Protocol, Question } from './protocol.ts'
import type { Recorder } from './recorder.ts'

/** How the exchanges of a protocol are named, written down, compared and redacted. */
export type Wording<Q extends Question<R>, R> = Omit<Protocol<Q, R>, 'serve' | 'dial' | 'alpn' | 'refuse'>

/** What a relayed connection is given. */
export interface WireLink<Q, R> {
  /** Opens the connection to the service. Called once per client, and again for what the protocol sends beside. */
  readonly connect: Connect
  /** Left out: nothing is decoded that is not needed to carry the connection. */
  readonly recorder?: Recorder<Q, R>
  readonly faults?: Faults
  /** Aborted: the connection is ended. */
  readonly signal: AbortSignal
  /** Accepts TLS from the client in mid-stream; left out, clients that ask for it are told to go without. */
  readonly acceptTls?: (client: Duplex) => Promise<Duplex>
  /** Offer TLS also where clients take it up that do not insist on it: they trust who accepts it. */
  readonly offerTls?: boolean
  /** Told of a client that speaks something else, in words for people: `HTTP`. */
  readonly strange?: (spoken: string) => void
  /** Speaks TLS to the service in mid-stream; left out, it is spoken to in the clear. */
  readonly secure?: (service: Duplex) => Promise<Duplex>
}

/**
 * A wire whose services we own: the stream itself is carried through untouched, chunk by chunk, and decoded beside.
 * Message by message is only what a fault must hold back.
 *
 * @see docs/adr/0007-wire-tap.md for why this is no `Protocol`.
 */
export interface WireProtocol<Q extends Question<R>, R> extends Wording<Q, R> {
  /** Set where the client speaks first, so that TLS, if there is any, stands before all else. */
  readonly clientFirst?: ClientFirst
  /** Carries one connection until it ends. Does not reject. */
  relay(client: Duplex, link: WireLink<Q, R>): Promise<void>
}

/** What is known of clients by their first bytes. */
export interface ClientFirst {
  /** What they speak, as {@link spokenIn} names it. */
  readonly speaks: string
  /** How long it may say nothing, milliseconds; left out: as long as it likes. */
  readonly withinMs?: number
  /** What one gets that speaks something else, before its connection is closed. */
  turnAway(spoken: string): Buffer
}

/** A wire that can also be served from recordings when there is no server. */
export interface ServedWire<Q extends Question<R>, R>
  extends WireProtocol<Q, R>, Pick<Protocol<Q, R>, 'serve' | 'refuse'> {}
