import type promised from 'node:timers/promises'

type Options = Parameters<typeof promised.setTimeout>[2]

/** `node:timers/promises` made of another `setTimeout`. */
export function promisedTimers(
  setTimeout: typeof globalThis.setTimeout,
): Pick<typeof promised, 'setTimeout' | 'setInterval'> {
  function wait<T = void>(ms?: number, value?: T, { signal, ref = true }: NonNullable<Options> = {}): Promise<T> {
    return new Promise((resolve, reject) => {
      const aborted = (): void => {
        clearTimeout(timer)
        reject(abortError(signal!))
      }
      if (signal?.aborted) return reject(abortError(signal))
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', aborted)
        resolve(value as T)
      }, ms)
      if (!ref) timer.unref()
      signal?.addEventListener('abort', aborted, { once: true })
    })
  }
  async function* every<T = void>(ms?: number, value?: T, options?: Options): AsyncGenerator<T, undefined> {
    for (;;) yield await wait(ms, value, options)
  }
  return { setTimeout: wait, setInterval: every }
}

function abortError(signal: AbortSignal): Error {
  const error = new Error('The operation was aborted', { cause: signal.reason })
  return Object.assign(error, { name: 'AbortError', code: 'ABORT_ERR' })
}
