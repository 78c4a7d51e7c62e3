/** Joins a callback side to an `AsyncIterable` side, for one reader. */
export interface Channel<T> extends AsyncIterable<T> {
  push(value: T): void
  /** Ends the iteration once everything pushed so far has been read. Later pushes are dropped. */
  end(): void
  /** How many values wait to be read. */
  readonly waiting: number
}

/** What a channel tells the side that fills it. */
export interface ChannelEvents {
  /** The reader has taken all there was: a paused source may go on. */
  readonly drained?: () => void
  /** The reader stopped before the end. */
  readonly left?: () => void
}

/** Makes an empty channel. */
export function channel<T>(events: ChannelEvents = {}): Channel<T> {
  const values: T[] = []
  let ended = false
  let wake: ((result: IteratorResult<T>) => void) | undefined
  const done: IteratorResult<T> = { done: true, value: undefined }

  function next(): Promise<IteratorResult<T>> {
    if (values.length > 0) {
      const value = values.shift()!
      if (values.length === 0) events.drained?.()
      return Promise.resolve({ done: false, value })
    }
    if (ended) return Promise.resolve(done)
    return new Promise((resolve) => {
      wake = resolve
      events.drained?.()
    })
  }

  function settle(result: IteratorResult<T>): boolean {
    const resolve = wake
    wake = undefined
    resolve?.(result)
    return resolve !== undefined
  }

  return {
    push(value) {
      if (!ended && !settle({ done: false, value })) values.push(value)
    },
    end() {
      ended = true
      if (values.length === 0) settle(done)
    },
    get waiting() {
      return values.length
    },
    [Symbol.asyncIterator]: () => ({
      next,
      return() {
        const early = !ended || values.length > 0
        ended = true
        values.length = 0
        settle(done)
        if (early) events.left?.()
        return Promise.resolve(done)
      },
    }),
  }
}
