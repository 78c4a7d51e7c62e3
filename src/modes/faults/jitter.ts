import type { WireFault } from '../../core/lane.ts'
import { delayedLane } from './delayed-lane.ts'
import { seededRandom } from '../../core/seeded-random.ts'

/** How uneven a delay is. */
export interface JitterOptions {
  /** In the middle, milliseconds. */
  readonly ms: number
  /** At most so much more or less, milliseconds. */
  readonly spreadMs: number
  /** The same seed gives the same delays (default 1). */
  readonly seed?: number
}

/** Every chunk arrives after a delay of its own, in order. */
export function jitter({ ms, spreadMs, seed = 1 }: JitterOptions): WireFault {
  return {
    name: `jitter ${ms}±${spreadMs} ms`,
    attach(next, disarmed) {
      const random = seededRandom(seed)
      return delayedLane(next, disarmed, () => Math.max(0, ms + (random() * 2 - 1) * spreadMs))
    },
  }
}
