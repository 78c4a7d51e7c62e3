import type { Sender } from './exchange.ts'
import type { Lane } from './lane.ts'
import type { MessageDisturbance } from './message-disturbance.ts'

/** An error as a server would report it. */
export interface ServiceError {
  /** SQLSTATE, error number or name, as the protocol has it. */
  readonly code: string
  readonly message: string
  /** The message is only what PostgreSQL says of such a code; other protocols say what they say. */
  readonly usual?: true
  /** More of what the protocol can say: `constraint`, `detail`, `hint`. */
  readonly fields?: Readonly<Record<string, string>>
  /** The server closes the connection after it. */
  readonly fatal?: boolean
}

/**
 * What becomes of one question.
 * - `delay`: it reaches the service `ms` milliseconds later, or when `released` is aborted. With `limited` a service that
 *   cancels what takes it too long does so, when it would.
 * - `refuse`: the service does not do it; the client gets this error, and the session is in the state it would be in.
 * - `cut`: the connection is reset on both sides, and the question never reaches the service.
 * - `lose`: the service does it, but its answer does not arrive: the connection is reset instead. With `quietly` it stays,
 *   where the protocol can tell the answer from others; with `late` the answer comes when `released` is aborted, or
 *   `ms` milliseconds later by the program's clock.
 * - `alter`: another answer arrives. `nothing`: as if nothing had been found; `nulls`: every column that may be NULL is;
 *   `half`: a text is cut in half; `another`: it is `text`; `pretended`: it is not done, and answered as if it had been. `missed` is called when
 *   there was nothing to alter.
 * - `end`: the service does it and answers, and ends the connection with this error as soon as nobody waits on it;
 *   behind a message that it delivers, at once.
 *
 * Messages of brokers can be disturbed as {@link MessageDisturbance} says as well; a delayed one is overtaken by others.
 */
export type Disturbance =
  | { readonly do: 'delay'; readonly ms: number; readonly limited?: true; readonly released?: AbortSignal }
  | { readonly do: 'refuse'; readonly error: ServiceError }
  | { readonly do: 'cut' }
  | {
      readonly do: 'lose'
      readonly quietly?: true
      readonly late?: true
      readonly ms?: number
      readonly released?: AbortSignal
    }
  | { readonly do: 'alter'; readonly to: Alteration; readonly text?: string; readonly missed?: () => void }
  | { readonly do: 'end'; readonly error: ServiceError }
  | MessageDisturbance

/** What is made of an answer; not every protocol has each of them. */
export type Alteration = 'nothing' | 'nulls' | 'half' | 'another' | 'pretended'

/** A question as faults see it, whatever its protocol. */
export interface Target {
  /** `INSERT orders`, `COMMIT`. */
  readonly operation: string
  readonly effect: boolean
  /** The question without its values: `INSERT INTO orders (id) VALUES (?)`. */
  readonly fingerprint: string
  /** The entries that it is about, where what is asked is where something is kept. */
  readonly keys?: readonly string[]
}

/** The faults that are armed at one boundary, as connections see them. */
export interface Faults {
  /** True while a fault may strike a question; connections hold messages back one by one only then. */
  readonly watching: boolean
  /** Whether a fault that is armed waits for such a question, perhaps for a later one. */
  concerns(target: Target): boolean
  /** What becomes of this question. Counts it, so each question must be shown once. */
  strike(target: Target): Disturbance | undefined
  /** Puts the wire faults that are armed now or later between `next` and what `from` sends. */
  disturb(from: Sender, next: Lane): Lane
}
