/** Packets that will come and that the other side must not see, as it would not know what they belong to. */
export class SwallowList {
  readonly #gate: { pending: number }
  readonly #expected = new Map<string, (() => void) | undefined>()

  /** @param gate - Counts what is waited for, so that only whole packets pass meanwhile. */
  constructor(gate: { pending: number }) {
    this.#gate = gate
  }

  /** The next packet of this type and identifier is to be swallowed, and then `work` done. */
  expect(type: number, id: number, work?: () => void): void {
    const key = `${type} ${id}`
    if (!this.#expected.has(key)) this.#gate.pending++
    this.#expected.set(key, work)
  }

  /** Whether this packet is to be swallowed. */
  takes(type: number, id: number | undefined): boolean {
    const key = `${type} ${id}`
    if (id === undefined || !this.#expected.has(key)) return false
    const work = this.#expected.get(key)
    this.#expected.delete(key)
    this.#gate.pending--
    work?.()
    return true
  }
}
