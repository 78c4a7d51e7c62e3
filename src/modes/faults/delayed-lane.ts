import type { Lane } from '../../core/lane.ts'
import { pause, realElapsed } from '../../core/real-clock.ts'
import { wrapLane } from './wrap-lane.ts'

// A sender is told to wait when this much is on its way, as it would be by a full network.
const mostOnTheWay = 1 << 20

/**
 * Delays what is written by `delay()` milliseconds each, in order, without lowering the throughput.
 *
 * @param disarmed - What is on its way arrives at once then.
 */
export function delayedLane(next: Lane, disarmed: AbortSignal, delay: () => number): Lane {
  let onTheWay = 0
  let last: Promise<unknown> = Promise.resolve()
  let room = Promise.withResolvers<void>()
  const later = (work: () => Promise<void> | undefined | void): void => {
    const due = realElapsed() + delay()
    const wait = (): Promise<void> | undefined => {
      const ms = due - realElapsed()
      // A timer takes a millisecond at least, which would be a limit of its own to many chunks.
      return ms > 0 ? pause(ms, disarmed, next.gone) : undefined
    }
    last = last.then(wait).then(work)
  }
  return wrapLane(next, {
    write(bytes) {
      onTheWay += bytes.length
      later(async () => {
        await next.write(bytes)
        onTheWay -= bytes.length
        room.resolve()
      })
      if (onTheWay < mostOnTheWay) return undefined
      room = Promise.withResolvers()
      return room.promise
    },
    end: () => later(() => next.end()),
    drain: () => last.then(() => next.drain()),
  })
}
