import type { WireFault } from '../../core/lane.ts'
import { wrapLane } from './wrap-lane.ts'

/** Closes the connection in good order after so many bytes; what is sent beyond them does not arrive. */
export function limit(bytes: number): WireFault {
  return {
    name: `limit ${bytes} B`,
    attach(next, disarmed) {
      let left = bytes
      let ended = false
      return wrapLane(next, {
        write(chunk) {
          if (disarmed.aborted && !ended) return next.write(chunk)
          if (ended) return undefined
          const passed = chunk.subarray(0, left)
          left -= passed.length
          const written = passed.length > 0 ? next.write(passed) : undefined
          ended = left === 0
          if (ended) next.end()
          return written
        },
        end() {
          if (!ended) next.end()
        },
      })
    },
  }
}
