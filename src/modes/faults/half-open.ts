import type { WireFault } from '../../core/lane.ts'
import { wrapLane } from './wrap-lane.ts'

/**
 * The sender is gone and the receiver is not told: neither bytes nor the end nor a reset arrive, as after a power cut
 * or behind a firewall that forgot the connection. When disarmed, the receiver gets a reset.
 */
export function halfOpen(): WireFault {
  return {
    name: 'half-open',
    attach(next, disarmed) {
      let silent = false
      disarmed.addEventListener('abort', () => silent && next.reset(), { once: true })
      const swallow = (): undefined => {
        silent = true
      }
      return wrapLane(next, { write: swallow, end: swallow, reset: swallow })
    },
  }
}
