/** What has had its result, but not the status after it. Keeps its memory, since every statement comes through here. */
export class Settling<T> {
  readonly #items: (T | undefined)[] = []
  #count = 0
  #at = 0

  add(item: T | undefined): void {
    if (item !== undefined) this.#items[this.#count++] = item
  }

  /** Takes out the next one, in order; `undefined` when there is none. */
  next(): T | undefined {
    if (this.#at < this.#count) {
      const item = this.#items[this.#at]
      this.#items[this.#at++] = undefined
      return item
    }
    this.#at = 0
    this.#count = 0
    return undefined
  }
}
