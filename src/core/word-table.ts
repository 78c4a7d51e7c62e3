/**
 * A table to be looked up with words that others wrote: it has its own words only, where every other object also has
 * a `constructor`.
 */
export function wordTable<T>(words: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.assign(Object.create(null) as Record<string, T>, words)
}
