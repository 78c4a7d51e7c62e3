import type { WireFault } from '../../core/lane.ts'
import { pause } from '../../core/real-clock.ts'
import { wrapLane } from './wrap-lane.ts'

/** What is sent arrives in time, but its end arrives `ms` milliseconds later. */
export function slowClose(ms: number): WireFault {
  return {
    name: `slow close ${ms} ms`,
    attach(next, disarmed) {
      let last: Promise<unknown> = Promise.resolve()
      return wrapLane(next, {
        end() {
          last = pause(ms, disarmed, next.gone).then(() => next.end())
        },
        drain: () => last.then(() => next.drain()),
      })
    },
  }
}
