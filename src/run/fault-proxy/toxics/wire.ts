import type { JsonObject } from '../../../core/json.ts'
import type { Lane } from '../../../core/lane.ts'
import { bandwidth } from '../../../modes/faults/bandwidth.ts'
import { blackhole } from '../../../modes/faults/blackhole.ts'
import { halfOpen } from '../../../modes/faults/half-open.ts'
import { jitter } from '../../../modes/faults/jitter.ts'
import { latency } from '../../../modes/faults/latency.ts'
import { limit } from '../../../modes/faults/limit.ts'
import { reset } from '../../../modes/faults/reset.ts'
import { slice } from '../../../modes/faults/slice.ts'
import { slowClose } from '../../../modes/faults/slow-close.ts'
import { wrapLane } from '../../../modes/faults/wrap-lane.ts'
import type { AttributeRules } from '../attributes.ts'

/** What a toxic is given of the connection that it disturbs. */
export interface ToxicSite {
  readonly disarmed: AbortSignal
  readonly seed: number
  /** Kept while the toxic is updated, for one connection. */
  readonly memory: { passed: number }
  /** Ends the connection, both ways, once what was written before has arrived. */
  close(): void
}

/** A toxic of bytes, whatever they mean. */
export interface WireToxic {
  readonly kind: 'wire'
  readonly attributes: AttributeRules
  /** What shows that it has struck; default `bytes`, the first ones that go through it. */
  readonly strikes?: 'end' | 'close'
  attach(attributes: JsonObject, next: Lane, site: ToxicSite): Lane
}

const number = { type: 'number', default: 0 } as const
const match = { type: 'match', keys: ['nth', 'times'] } as const

/** All that Toxiproxy has, with its names and units, and `half_open`. */
export const wireToxics: Readonly<Record<string, WireToxic>> = {
  latency: {
    kind: 'wire',
    attributes: { latency: number, jitter: number, match },
    attach(attributes, next, { disarmed, seed }) {
      const { latency: ms, jitter: spreadMs } = numbers(attributes)
      return (spreadMs! > 0 ? jitter({ ms: ms!, spreadMs: spreadMs!, seed }) : latency(ms!)).attach(next, disarmed)
    },
  },
  bandwidth: {
    kind: 'wire',
    attributes: { rate: number, match },
    attach(attributes, next, { disarmed }) {
      const { rate } = numbers(attributes)
      return rate === 0 ? next : bandwidth(rate! * 1000).attach(next, disarmed)
    },
  },
  slow_close: {
    kind: 'wire',
    attributes: { delay: number, match },
    strikes: 'end',
    attach: (attributes, next, { disarmed }) => slowClose(numbers(attributes).delay!).attach(next, disarmed),
  },
  timeout: {
    kind: 'wire',
    attributes: { timeout: number, match },
    attach(attributes, next, { disarmed, close }) {
      const closing = wrapLane(next, { reset: close })
      const lane = blackhole(numbers(attributes).timeout || undefined, { fromStart: true }).attach(closing, disarmed)
      return wrapLane(lane, { end: close, reset: () => next.reset() })
    },
  },
  reset_peer: {
    kind: 'wire',
    attributes: { timeout: number, match },
    attach: (attributes, next, { disarmed }) => reset(numbers(attributes).timeout).attach(next, disarmed),
  },
  slicer: {
    kind: 'wire',
    attributes: { average_size: number, size_variation: number, delay: number, match },
    attach(attributes, next, { disarmed, seed }) {
      const { average_size: averageBytes, size_variation: variationBytes, delay } = numbers(attributes)
      const sizes = { averageBytes: averageBytes!, variationBytes: variationBytes! }
      return slice({ ...sizes, delayMs: delay! / 1000, seed }).attach(next, disarmed)
    },
  },
  limit_data: {
    kind: 'wire',
    attributes: { bytes: number, match },
    strikes: 'close',
    attach: (attributes, next, { disarmed, memory, close }) =>
      limit(numbers(attributes).bytes!, { counter: memory, close }).attach(next, disarmed),
  },
  half_open: {
    kind: 'wire',
    attributes: { match },
    attach: (_attributes, next, { disarmed }) => halfOpen().attach(next, disarmed),
  },
}

function numbers(attributes: JsonObject): Readonly<Record<string, number | undefined>> {
  return attributes as Readonly<Record<string, number>>
}
