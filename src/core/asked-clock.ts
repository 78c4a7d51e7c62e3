import { realClearTimeout, realSetTimeout } from './real-clock.ts'

/** How long it must be silent before what should have come later comes anyway, milliseconds. */
const silenceMs = 100

/**
 * Counts what all connections of one wire have asked. While recording, it says how much had been asked when something
 * came by itself; while replaying, that waits until as much has been asked again, as that may have been its cause.
 */
export class AskedClock {
  #asked = 0
  #waiting: { readonly count: number; readonly resolve: () => void; readonly timer: NodeJS.Timeout }[] = []

  /** Questions so far. */
  get now(): number {
    return this.#asked
  }

  /** A question has been asked. */
  tick(): void {
    this.#asked++
    if (this.#waiting.length === 0) return
    const waiting = this.#waiting.splice(0)
    for (const each of waiting) {
      if (each.count <= this.#asked) each.resolve()
      else this.#waiting.push(each)
      each.timer.refresh()
    }
  }

  /** Resolves when so many questions have been asked, or none for a while. */
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
