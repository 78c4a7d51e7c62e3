import { AskedClock } from '../../core/asked-clock.ts'
import type { PostgresReply } from './message.ts'

/** What a prepared statement takes and brings. */
export type Description = Extract<PostgresReply, { readonly type: 'description' }>

/**
 * What the sessions of one wire have in common when it is served from recordings: a statement is described once, however
 * many connections prepare it, and what is notified waits for what caused it.
 */
export class ServedMemory {
  readonly clock: AskedClock = new AskedClock()
  readonly #descriptions = new Map<string, Promise<Description>>()

  /** The description known by this key, else what `ask` finds; a failure is not remembered. */
  describe(key: string, ask: () => Promise<Description>): Promise<Description> {
    let known = this.#descriptions.get(key)
    if (!known) {
      known = ask()
      this.#descriptions.set(key, known)
      known.catch(() => this.#descriptions.delete(key))
    }
    return known
  }
}
