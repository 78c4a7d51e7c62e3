/** Lets work go on side by side, unless some of it has to be alone. */
export interface Turnstile {
  together<T>(work: () => Promise<T>): Promise<T>
  /** Waits until nothing else is at work, and has what comes later wait. */
  alone<T>(work: () => Promise<T>): Promise<T>
}

export function makeTurnstile(): Turnstile {
  /** What is at work, and whoever is to be alone before those who come now. */
  const working = new Set<Promise<unknown>>()
  let last: Promise<unknown> = Promise.resolve()

  async function together<T>(work: () => Promise<T>): Promise<T> {
    for (let seen; seen !== last;) await (seen = last)
    const run = work()
    const settled = run.then(
      () => {},
      () => {},
    )
    working.add(settled)
    void settled.then(() => working.delete(settled))
    return run
  }

  function alone<T>(work: () => Promise<T>): Promise<T> {
    const run = last.then(async () => {
      while (working.size > 0) await Promise.all(working)
      return work()
    })
    last = run.catch(() => {})
    return run
  }

  return { together, alone }
}
