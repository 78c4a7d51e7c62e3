/**
 * Answers questions: a real service, a cassette, a stub, or one of those behind a fault.
 * A feature is a function from peer to peer, so order is composition.
 */
export type Peer<Q, R> = (question: Q, signal: AbortSignal) => AsyncIterable<R>

/**
 * An answer that is already whole. Whoever writes it may take `ready` at once instead of awaiting one reply after
 * another: that is what makes replay faster than a loopback call.
 */
export interface ReadyAnswer<R> extends AsyncIterable<R> {
  readonly ready: readonly R[]
}

/** Makes an answer out of replies that are all there. */
export function readyAnswer<R>(replies: readonly R[]): ReadyAnswer<R> {
  return {
    ready: replies,
    async *[Symbol.asyncIterator]() {
      yield* replies
    },
  }
}

/** The replies of `answer` if they are all there, else `undefined`. */
export function readyReplies<R>(answer: AsyncIterable<R>): readonly R[] | undefined {
  return (answer as Partial<ReadyAnswer<R>>).ready
}
