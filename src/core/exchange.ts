/** Who sent a message of an exchange: the program that asked, or the service that answers. */
export type Sender = 'client' | 'service'

/** One message of an exchange and when it came. */
export interface Timed<M> {
  /** Milliseconds since the question was asked. */
  readonly ms: number
  readonly from: Sender
  readonly message: M
}

/** How an exchange ended: answered to the end, given up by the client, or not ended yet. */
export type Ending = 'complete' | 'abandoned' | 'open'

/** The test that caused an exchange. */
export interface TestRef {
  /** Path of the test file relative to the project, with forward slashes; empty when there is none. */
  readonly file: string
  /** Full name, suites first, joined by ` > `. */
  readonly name: string
}

/** One question across a boundary and everything that came after it, in the order it came. */
export interface Exchange<Q = unknown, R = unknown> {
  /** Unique within a run; kept when the exchange is kept in a cassette. */
  readonly id: string
  readonly boundary: string
  /** Name of the protocol, by which its notation is found. */
  readonly protocol: string
  /** The class it belongs to: `POST /v1/charges`. */
  readonly operation: string
  /** True when it changes state on the other side. */
  readonly effect: boolean
  readonly test: TestRef | null
  /** When the question was asked, milliseconds since the epoch. */
  readonly askedAt: number
  /** Time from the question to the end, milliseconds. */
  readonly durationMs: number
  readonly question: Q
  readonly messages: readonly Timed<R>[]
  readonly ending: Ending
}
