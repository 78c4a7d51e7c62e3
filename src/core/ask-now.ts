import type { Duplex } from 'node:stream'
import { asAsker } from './asker.ts'
import type { Peer } from './peer.ts'

/** Gives one reply after another. */
export type NextReply<R> = () => Promise<IteratorResult<R>>

/**
 * Asks at once, not when the answer's turn comes: who asks first is asked first. What the peer throws, now or later,
 * the first call of the returned function rejects with.
 */
export function askNow<Q, R>(client: Duplex, peer: Peer<Q, R>, question: Q, signal: AbortSignal): NextReply<R> {
  let replies: AsyncIterator<R>
  let first: Promise<IteratorResult<R>> | undefined
  try {
    first = asAsker(client, () => {
      replies = peer(question, signal)[Symbol.asyncIterator]()
      return replies.next()
    })
  } catch (error) {
    first = Promise.reject(error)
  }
  first.catch(() => {})
  return () => {
    const next = first ?? replies.next()
    first = undefined
    return next
  }
}
