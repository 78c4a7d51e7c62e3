/** How many messages a client takes before it has settled the first. */
export class Prefetch {
  readonly #most: number
  #waiting: (() => void)[] = []

  /** @param most - 0: any number. */
  constructor(most: number) {
    this.#most = most
  }

  /** Resolves when the client takes one more. */
  async room(unsettled: () => number): Promise<void> {
    while (this.#most > 0 && unsettled() >= this.#most)
      await new Promise<void>((resolve) => void this.#waiting.push(resolve))
  }

  /** The client has settled one. */
  settled(): void {
    for (const resolve of this.#waiting.splice(0)) queueMicrotask(resolve)
  }
}
