import type { WireFault } from '../../core/lane.ts'
import { wrapLane } from './wrap-lane.ts'

/** What else a limit does. */
export interface LimitOptions {
  /** Counts what has passed; another limit that is given it goes on from there. */
  readonly counter?: { passed: number }
  /** Called when the limit is reached, in place of ending this direction. */
  readonly close?: () => void
}

/** Closes the connection in good order after so many bytes; what is sent beyond them does not arrive. */
export function limit(bytes: number, { counter: counted, close }: LimitOptions = {}): WireFault {
  return {
    name: `limit ${bytes} B`,
    attach(next, disarmed) {
      const counter = counted ?? { passed: 0 }
      let ended = false
      return wrapLane(next, {
        write(chunk) {
          if (disarmed.aborted && !ended) return next.write(chunk)
          if (ended) return undefined
          const passed = chunk.subarray(0, Math.max(0, bytes - counter.passed))
          counter.passed += passed.length
          const written = passed.length > 0 ? next.write(passed) : undefined
          ended = counter.passed >= bytes
          if (ended && close) close()
          else if (ended) next.end()
          return written
        },
        end() {
          if (!ended) next.end()
        },
      })
    },
  }
}
