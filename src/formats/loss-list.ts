import type { Loss } from './format.ts'

/** Counts what could not be carried while a file is read or written. */
export class LossList {
  readonly #losses = new Map<string, Loss>()

  add(what: string, why: string, count = 1): void {
    if (count === 0) return
    const key = `${what}\n${why}`
    this.#losses.set(key, { what, why, count: (this.#losses.get(key)?.count ?? 0) + count })
  }

  /** Counts every key of `object` that is not `known` and holds something. */
  unknownKeys(object: Readonly<Record<string, unknown>>, known: readonly string[], prefix = ''): void {
    for (const [key, value] of Object.entries(object)) {
      if (known.includes(key) || isEmpty(value)) continue
      this.add(`\`${prefix}${key}\` fields`, 'an exchange has no place for them')
    }
  }

  /** In the order in which each kind was first met. */
  list(): readonly Loss[] {
    return [...this.#losses.values()]
  }
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true
  return typeof value === 'object' && !ArrayBuffer.isView(value) && Object.keys(value).length === 0
}
