import type { WireFault } from '../../core/lane.ts'
import { seededRandom } from '../../core/seeded-random.ts'
import { pause } from '../../core/real-clock.ts'
import { wrapLane } from './wrap-lane.ts'

/** How bytes are cut up. */
export interface SliceOptions {
  readonly averageBytes: number
  /** A slice is at most so much larger or smaller (default 0). */
  readonly variationBytes?: number
  /** Pause between slices, milliseconds (default 0). */
  readonly delayMs?: number
  /** The same seed gives the same slices (default 1). */
  readonly seed?: number
}

/** Bytes arrive in small slices, whatever they were sent in. */
export function slice({ averageBytes, variationBytes = 0, delayMs = 0, seed = 1 }: SliceOptions): WireFault {
  return {
    name: `slice ${averageBytes} B`,
    attach(next, disarmed) {
      const random = seededRandom(seed)
      let last: Promise<unknown> = Promise.resolve()
      const send = async (bytes: Uint8Array): Promise<void> => {
        for (let at = 0; at < bytes.length;) {
          const size = Math.max(1, Math.round(averageBytes + (random() * 2 - 1) * variationBytes))
          if (at > 0) await pause(delayMs, disarmed, next.gone)
          const end = disarmed.aborted ? bytes.length : at + size
          await next.write(bytes.subarray(at, end))
          at = end
        }
      }
      return wrapLane(next, {
        write(bytes) {
          const sent = last.then(() => send(bytes))
          last = sent
          return sent
        },
        end: () => void last.then(() => next.end()),
        drain: () => last.then(() => next.drain()),
      })
    },
  }
}
