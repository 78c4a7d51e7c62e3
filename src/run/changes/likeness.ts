import type { Exchange } from '../../core/exchange.ts'
import type { AnyQuestion, AttachedBoundary } from '../attached-boundary.ts'
import { exchangeFacets } from './exchange-facets.ts'

/**
 * Makes the function that tells whether two recordings say the same: those that it gives the same text for ask the
 * same question, as the boundary's `match` sees it, and answer alike but for what each answer has anew: times, the
 * `Date` header and its kind. `undefined` for one of another boundary, and for one that cannot be read.
 */
export function makeLikeness(boundaries: readonly AttachedBoundary[]): (exchange: Exchange) => string | undefined {
  const byName = new Map(boundaries.map((boundary) => [boundary.name, boundary]))
  return (exchange) => {
    const boundary = byName.get(exchange.boundary)
    if (boundary === undefined || boundary.protocol.name !== exchange.protocol) return undefined
    try {
      const identity = boundary.protocol.identify(exchange.question as AnyQuestion)
      const { answered } = exchangeFacets(exchange)
      // An earlier version may have named it otherwise.
      const { name } = boundary.protocol.describe(exchange.question as AnyQuestion)
      return JSON.stringify([exchange.boundary, name, exchange.ending, identity, answered])
    } catch {
      return undefined
    }
  }
}
