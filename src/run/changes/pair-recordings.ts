/** What recordings of two moments are told apart by. */
export interface Pairable {
  readonly boundary: string
  readonly operation: string
  /** The whole question. */
  readonly asked: string
}

/** The recordings of two moments that belong together, and those that have no counterpart. */
export interface Pairing<P> {
  readonly pairs: readonly (readonly [before: P, after: P])[]
  readonly added: readonly P[]
  readonly removed: readonly P[]
}

/**
 * Pairs what was recorded before with what is recorded now, each in its order: first those that ask the same, then
 * those of one operation, then those of operations whose paths differ only in what looks like an id.
 */
export function pairRecordings<P extends Pairable>(before: readonly P[], after: readonly P[]): Pairing<P> {
  const keys: readonly ((one: P) => string)[] = [
    ({ boundary, operation, asked }) => `${boundary}\n${operation}\n${asked}`,
    ({ boundary, operation }) => `${boundary}\n${operation}`,
    ({ boundary, operation }) => `${boundary}\n${withoutIds(operation)}`,
  ]
  const pairs = new Map<P, P>()
  const removed = new Set(before)
  for (const keyOf of keys) {
    const waiting = Map.groupBy(removed, keyOf)
    for (const now of after) {
      const former = pairs.has(now) ? undefined : waiting.get(keyOf(now))?.shift()
      if (former === undefined) continue
      pairs.set(now, former)
      removed.delete(former)
    }
  }
  return {
    pairs: after.flatMap((now) => (pairs.has(now) ? [[pairs.get(now)!, now] as const] : [])),
    added: after.filter((now) => !pairs.has(now)),
    removed: [...removed],
  }
}

/** Segments with a digit stand for any other one of that kind, but for versions: `GET /v1/orders/ord_2`. */
function withoutIds(operation: string): string {
  return operation.replace(/\/[^/ ]*[\d{][^/ ]*/g, (segment) => (/^\/v\d+$/.test(segment) ? segment : '/*'))
}
