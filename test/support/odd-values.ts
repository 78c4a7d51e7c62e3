import fc from 'fast-check'

/**
 * What stands in no file that a tool wrote: objects that have no text, addresses and numbers that are none, and values
 * of other kinds. As JSON, since files are.
 */
export const oddValues: readonly unknown[] = [
  String.raw`"", "http://%zz:%@a.test/", "https://a.test:443", "mailto:a", "%", "data:x", "<%", "<%= x %>", "\r\nX: y"`,
  String.raw`"-1", "Infinity", "9e99", "__proto__", "constructor", "\u0000", "\ud800", "-271821-04-20T00:00:00Z"`,
  String.raw`null, true, false, 0, -1, 0.5, 99, 1000, 9007199254740992, 1e21, -1e308, 5e-324, 1e999`,
  String.raw`[], [[]], [null], [[["a"]]], [{}], [{ "toString": false }], [[{ "toString": 1 }, 1]]`,
  String.raw`{}, { "toString": false }, { "toString": null, "valueOf": null }, { "valueOf": 1 }, { "toJSON": 1 }`,
  String.raw`{ "length": -1 }, { "then": 1 }, { "name": {}, "value": [] }, { "a": { "b": { "c": [{ "d": 1 }] } } }`,
  String.raw`{ "__proto__": { "toString": false } }, { "__proto__": null, "hasOwnProperty": 1 }`,
].flatMap((values) => JSON.parse(`[${values}]`) as unknown[])

/** One of the odd values, or any other. */
export const oddValue: fc.Arbitrary<unknown> = fc.oneof(fc.constantFrom(...oddValues), fc.jsonValue({ maxDepth: 2 }))

/** How many values there are inside a JSON value, itself included. */
export function countOfPlaces(value: unknown): number {
  const inside = typeof value === 'object' && value !== null ? Object.values(value) : []
  return inside.reduce((count: number, item: unknown) => count + countOfPlaces(item), 1)
}

/** The same value with another in place of the `nth` one inside, counted depth first. */
export function withOdd(value: unknown, nth: number, odd: unknown): unknown {
  let left = nth
  const replaced = (one: unknown): unknown => {
    if (left-- === 0) return odd
    if (Array.isArray(one)) return one.map(replaced)
    if (typeof one !== 'object' || one === null) return one
    return Object.fromEntries(Object.entries(one).map(([key, item]) => [key, replaced(item)]))
  }
  return replaced(value)
}

/**
 * Calls `check` with each of `odd` in each place of `value`.
 *
 * @throws Error naming the place and the value, with what `check` threw as its cause
 */
export async function inEachPlace(
  value: unknown,
  check: (odd: unknown) => unknown,
  odd: readonly unknown[] = oddValues,
): Promise<void> {
  for (let place = 0; place < countOfPlaces(value); place++) {
    for (const one of odd) {
      const changed = withOdd(value, place, one)
      try {
        await check(changed)
      } catch (cause) {
        const message = cause instanceof Error ? cause.message : 'something was thrown'
        throw new Error(`${message}: ${JSON.stringify(one)} in place ${place} of ${JSON.stringify(changed)}`, { cause })
      }
    }
  }
}
