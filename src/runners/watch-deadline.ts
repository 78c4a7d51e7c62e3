import { realClearTimeout, realElapsed, realSetTimeout } from '../core/real-clock.ts'

/** How often time is counted, milliseconds. */
const everyMs = 10

/**
 * Calls `late` when so much time has passed as far as this process could use it, and no later than after `mostMs`.
 * On a machine that has too much to do a process gets its turns late, and so do those it waits for.
 *
 * @returns Ends that.
 */
export function watchDeadline(ms: number, mostMs: number, late: () => void): () => void {
  const started = realElapsed()
  let last = started
  let had = 0
  const look = (): void => {
    const now = realElapsed()
    had += Math.min(now - last, 2 * everyMs)
    last = now
    if (had >= ms || now - started >= mostMs) late()
    else timer = realSetTimeout(look, everyMs)
  }
  let timer = realSetTimeout(look, everyMs)
  return () => realClearTimeout(timer)
}
