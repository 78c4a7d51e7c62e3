import type { WireFault } from '../../core/lane.ts'
import { pause, realElapsed } from '../../core/real-clock.ts'
import { wrapLane } from './wrap-lane.ts'

// Often enough that a reader sees a slow stream and not a stuttering one.
const pieceMs = 50

/** Lets at most so many bytes through per second. */
export function bandwidth(bytesPerSecond: number): WireFault {
  return {
    name: `bandwidth ${bytesPerSecond} B/s`,
    attach(next, disarmed) {
      const piece = Math.max(1, Math.floor((bytesPerSecond * pieceMs) / 1000))
      let last: Promise<unknown> = Promise.resolve()
      let due = 0
      const send = async (bytes: Uint8Array): Promise<void> => {
        for (let at = 0; at < bytes.length; at += piece) {
          const part = bytes.subarray(at, at + piece)
          const now = realElapsed()
          due = Math.max(due, now) + (part.length / bytesPerSecond) * 1000
          // A timer takes a millisecond at least; many small chunks together wait as long as they must.
          if (due - now >= 1) await pause(due - now, disarmed, next.gone)
          await next.write(part)
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
