import { realClearTimeout, realSetTimeout } from './real-clock.ts'

/** Resolves after `ms` milliseconds, or at once when the connection is gone. */
export function pause(ms: number, gone: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      realClearTimeout(timer)
      gone.removeEventListener('abort', wake)
      resolve()
    }
    const timer = realSetTimeout(wake, ms)
    gone.addEventListener('abort', wake)
    if (gone.aborted) wake()
  })
}
