import type { Ending, Sender } from './exchange.ts'

/** An exchange that is still growing. */
export interface OpenExchange<R> {
  message(from: Sender, message: R): void
  close(ending: Ending): void
}

/** Takes down exchanges as they happen. */
export interface Recorder<Q, R> {
  /**
   * How much of each answer is wanted so that it can be replayed, bytes; a larger one is taken down as too large. Left
   * out: only as much as people look at, which is all that a wire that is carried through has time for.
   */
  readonly keepBytes?: number
  /** Called when the question is asked, before the service has seen it. */
  open(question: Q): OpenExchange<R>
}
