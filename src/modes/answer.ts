import type { RecordMode } from '../core/boundary.ts'
import type { Peer } from '../core/peer.ts'

/** Who can answer at one boundary in one test. */
export interface Answerers<Q, R> {
  /** The recorded answer, or `undefined` when there is none. */
  readonly recorded: (question: Q, signal: AbortSignal) => AsyncIterable<R> | undefined
  /** The real service, taken down. */
  readonly live: Peer<Q, R>
  /** Makes the error for a question that nothing recorded answers. */
  readonly miss: (question: Q) => Error
  /** Whether the test had a cassette when it started; `once` records only when it had none. */
  readonly hasCassette: boolean
}

/** Chooses who answers, by VCR's rules. A miss rejects with the error of `miss`. */
export function answerBy<Q, R>(mode: RecordMode, by: Answerers<Q, R>): Peer<Q, R> {
  if (mode === 'all' || mode === 'live' || (mode === 'once' && !by.hasCassette)) return by.live
  return (question, signal) => {
    const answer = by.recorded(question, signal)
    if (answer) return answer
    if (mode === 'new') return by.live(question, signal)
    throw by.miss(question)
  }
}
