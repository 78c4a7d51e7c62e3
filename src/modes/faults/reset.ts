import type { WireFault } from '../../core/lane.ts'
import { pause } from '../../core/real-clock.ts'
import { wrapLane } from './wrap-lane.ts'

/** Resets the connection `afterMs` milliseconds after its next byte (default at once); that byte does not arrive. */
export function reset(afterMs = 0): WireFault {
  return {
    name: `reset after ${afterMs} ms`,
    attach(next, disarmed) {
      let resetting: Promise<void> | undefined
      return wrapLane(next, {
        write(bytes) {
          resetting ??= pause(afterMs, disarmed, next.gone).then(() => {
            if (!disarmed.aborted) next.reset()
          })
          return resetting.then(() => (disarmed.aborted ? next.write(bytes) : undefined))
        },
        drain: () => (resetting ?? Promise.resolve()).then(() => next.drain()),
      })
    },
  }
}
