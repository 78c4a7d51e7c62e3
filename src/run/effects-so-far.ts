import type { Exchange } from '../core/exchange.ts'
import { effectsOf } from '../matrix/effects.ts'
import type { FaultMatch } from '../modes/faults/fault-set.ts'
import { matchesTarget } from '../modes/faults/fault-set.ts'
import { makeMoments } from '../timeline/make-moments.ts'
import type { Moment } from '../timeline/moment.ts'
import type { AttachedBoundary } from './attached-boundary.ts'

/** One change of state on the other side. */
export interface SeenEffect {
  /** `POST /v1/charges`, `INSERT orders`, `PUBLISH orders.created`, `MAIL`. */
  readonly operation: string
  /** By which the other side knows it again, such as an idempotency key. */
  readonly key?: string
}

/**
 * What has been changed at a boundary for good: each once per idempotency key or message id, statements only once their
 * transaction was committed.
 *
 * @param lost - Which questions were done though their answers were taken away.
 */
export function effectsSoFar(
  exchanges: readonly Exchange[],
  { protocol }: AttachedBoundary,
  lost: readonly FaultMatch[],
): readonly SeenEffect[] {
  const moments = makeMoments(
    exchanges.map((exchange, place) => {
      const { id, boundary, operation, effect, test, askedAt, durationMs, ending, question, messages } = exchange
      const { ok, summary } = protocol.outcome(messages.map(({ message }) => message))
      const about = { id, boundary, operation, effect, test, at: askedAt, fromRecording: false, exchange }
      return {
        ...about,
        protocol: exchange.protocol,
        question: protocol.summarize(question as never),
        asked: 2 * place,
        end: { place: 2 * place + 1, durationMs, ending, ok, answer: summary },
      }
    }),
  )
  const doneThough = lost.flatMap((match) => struckBy(match, moments)).at(-1)
  return effectsOf(moments, doneThough === undefined ? {} : { doneThough }).map(({ operation, key }) => ({
    operation,
    ...(key !== undefined && { key }),
  }))
}

function struckBy({ nth = 1, times = 1, ...match }: FaultMatch, moments: readonly Moment[]): readonly string[] {
  const same = moments.filter(({ operation, effect }) =>
    matchesTarget(match, { operation, effect, fingerprint: operation }),
  )
  return same.slice(nth - 1, nth - 1 + times).map(({ id }) => id)
}
