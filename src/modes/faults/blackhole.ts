import type { WireFault } from '../../core/lane.ts'
import { pause } from '../../core/real-clock.ts'
import { wrapLane } from './wrap-lane.ts'

/** What else a black hole does. */
export interface BlackholeOptions {
  /** Count the time from the arming on, and not from the first byte that was lost (default false). */
  readonly fromStart?: boolean
}

/**
 * Nothing arrives any more, and the connection stays open.
 *
 * @param closeAfterMs - Resets it that long after the first byte that was lost; left out, when disarmed, since a
 *   stream with a hole in it cannot go on.
 */
export function blackhole(closeAfterMs?: number, { fromStart = false }: BlackholeOptions = {}): WireFault {
  return {
    name: closeAfterMs === undefined ? 'blackhole' : `blackhole for ${closeAfterMs} ms`,
    attach(next, disarmed) {
      let lost: Promise<void> | undefined
      const lose = (): void => {
        if (lost) return
        const over =
          closeAfterMs === undefined ? aborted(disarmed, next.gone) : pause(closeAfterMs, disarmed, next.gone)
        lost = over.then(() => next.reset())
      }
      if (fromStart) lose()
      return wrapLane(next, {
        write: () => void lose(),
        end: lose,
        drain: () => (lost ?? Promise.resolve()).then(() => next.drain()),
      })
    },
  }
}

function aborted(...signals: readonly AbortSignal[]): Promise<void> {
  return new Promise((resolve) => {
    const any = AbortSignal.any([...signals])
    if (any.aborted) resolve()
    else any.addEventListener('abort', () => resolve(), { once: true })
  })
}
