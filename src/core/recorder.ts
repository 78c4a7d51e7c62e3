import type { Ending, Sender } from './exchange.ts'

/** An exchange that is still growing. */
export interface OpenExchange<R> {
  message(from: Sender, message: R): void
  close(ending: Ending): void
}

/** Takes down exchanges as they happen. */
export interface Recorder<Q, R> {
  /** Called when the question is asked, before the service has seen it. */
  open(question: Q): OpenExchange<R>
}
