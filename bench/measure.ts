/** The middle value; the mean of both where there are two. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** The value below which a share `q` (0 to 1) of `values` lies; NaN of none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = Float64Array.from(values).sort()
  const at = (sorted.length - 1) * q
  const low = sorted[Math.floor(at)]
  const high = sorted[Math.ceil(at)]
  return low === undefined || high === undefined ? NaN : low + (high - low) * (at - Math.floor(at))
}

/** Collects the values that one cell of a table got in each round. */
export class Samples {
  readonly #values = new Map<string, number[]>()

  add(name: string, value: number): void {
    const values = this.#values.get(name)
    if (values) values.push(value)
    else this.#values.set(name, [value])
  }

  /** The median over the rounds; `undefined` when there was none. */
  median(name: string): number | undefined {
    const values = this.#values.get(name)
    return values && median(values)
  }

  /** All of them, in the order of the rounds. */
  all(name: string): readonly number[] {
    return this.#values.get(name) ?? []
  }
}
