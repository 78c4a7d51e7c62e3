import type { WireFault } from '../../core/lane.ts'
import { delayedLane } from './delayed-lane.ts'

/** Every byte arrives `ms` milliseconds later than it would. The throughput stays as it is. */
export function latency(ms: number): WireFault {
  return { name: `latency ${ms} ms`, attach: (next, disarmed) => delayedLane(next, disarmed, () => ms) }
}
