import { pause } from '../../../core/real-clock.ts'
import { collect, type HttpFault, type HttpFaultMatch, wholeAnswer } from '../faults/http-fault.ts'
import type { HttpReply } from '../message.ts'

/** What a sender is told that would not send the next delivery before it has an answer to this one. */
export interface ToldAnswer {
  /** Default: 200. */
  readonly status?: number
  /** Default: none. */
  readonly contentType?: string
  /** Default: empty. */
  readonly body?: string
}

/** Which delivery is overtaken, and what its sender is told where it cannot hear the program itself. */
export interface OutOfOrderMatch extends HttpFaultMatch {
  /** Default: 200 and nothing else. */
  readonly answered?: ToldAnswer
}

const never = new AbortController().signal

/** How long a sender may take to send the next delivery without an answer to this one, milliseconds. */
const unansweredMs = 100

/** How long a delivery that is to be overtaken waits for another one, milliseconds. */
const overtakenMs = 500

/**
 * The next delivery comes before this one. Who sends both without waiting hears what the program says to each; who
 * waits for an answer first is told `answered`, as there would be no next delivery.
 */
export function outOfOrder({ answered = {}, ...match }: OutOfOrderMatch = {}): HttpFault {
  let first: { readonly overtaken: AbortController; deliver(): Promise<HttpReply[]> } | undefined
  return {
    name: 'out of order',
    match: { times: 2, ...match },
    reaches: true,
    before: (peer, disarmed) =>
      async function* (question, signal) {
        if (first || disarmed.aborted) {
          first?.overtaken.abort()
          const replies = await collect(peer(question, signal))
          await first?.deliver()
          return yield* replies
        }
        const overtaken = new AbortController()
        const delivered = Promise.withResolvers<HttpReply[]>()
        delivered.promise.catch(() => {})
        let isDelivered = false
        const deliver = (): Promise<HttpReply[]> => {
          if (!isDelivered) collect(peer(question, never)).then(delivered.resolve, delivered.reject)
          isDelivered = true
          return delivered.promise
        }
        first = { overtaken, deliver }
        await pause(unansweredMs, disarmed, overtaken.signal)
        if (overtaken.signal.aborted) return yield* await delivered.promise
        void pause(overtakenMs, disarmed).then(deliver)
        yield* wholeAnswer(question, answered.status ?? 200, '', {
          headers: answered.contentType === undefined ? [] : [['content-type', answered.contentType]],
          ...(answered.body !== undefined && { body: answered.body }),
        })
      },
  }
}
