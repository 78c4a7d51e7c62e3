import { realClearTimeout, realSetTimeout } from '../../core/real-clock.ts'
import type { Clock } from './listeners.ts'
import type { PostgresReply } from './message.ts'

/** What a prepared statement takes and brings. */
export type Description = Extract<PostgresReply, { readonly type: 'description' }>

/** How long it must be silent before what should have come later comes anyway, milliseconds. */
const silenceMs = 100

/**
 * What the sessions of one wire have in common when it is served from recordings: a statement is described once, however
 * many connections prepare it, and what is notified waits for what caused it.
 */
export class ServedMemory implements Clock {
  readonly #descriptions = new Map<string, Promise<Description>>()
  #asked = 0
  #waiting: { readonly count: number; readonly resolve: () => void; readonly timer: NodeJS.Timeout }[] = []

  get asked(): number {
    return this.#asked
  }

  set asked(count: number) {
    this.#asked = count
    const waiting = this.#waiting.splice(0)
    for (const each of waiting) {
      if (each.count <= count) each.resolve()
      else this.#waiting.push(each)
      each.timer.refresh()
    }
  }

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

  /** Resolves when so many statements have been asked by all sessions together, or none for a while. */
  async reached(count: number): Promise<void> {
    if (this.#asked >= count) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = realSetTimeout(resolve, silenceMs)
    this.#waiting.push({ count, resolve, timer })
    await promise
    realClearTimeout(timer)
    this.#waiting = this.#waiting.filter((each) => each.timer !== timer)
  }
}
