/** Where an item begins and ends among all that happened in a run. */
export interface Span {
  readonly from: number
  /** Infinite when it has no end. */
  readonly to: number
}

/**
 * Finds what overlaps a span without looking at everything, as tests may have thousands of statements.
 *
 * @param items - In the order in which they begin.
 * @returns Those that end after `from` and begin before `to`, in the same order.
 */
export function overlaps<T>(items: readonly T[], spanOf: (item: T) => Span): (span: Span) => T[] {
  const spans = items.map(spanOf)
  let latest = Number.NEGATIVE_INFINITY
  /** The latest end of all items so far. */
  const ends = spans.map(({ to }) => (latest = Math.max(latest, to)))
  return ({ from, to }) => {
    const found: T[] = []
    for (let i = firstFrom(spans, to) - 1; i >= 0 && ends[i]! > from; i--)
      if (spans[i]!.to > from) found.push(items[i]!)
    return found.toReversed()
  }
}

/** Index of the first span that does not begin before `place`. */
function firstFrom(spans: readonly Span[], place: number): number {
  let low = 0
  let high = spans.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (spans[middle]!.from < place) low = middle + 1
    else high = middle
  }
  return low
}
