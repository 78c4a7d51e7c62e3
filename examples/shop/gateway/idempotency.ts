import { refusal, type Reply } from './reply.ts'

/** A reply, and whether it is that of an earlier request. */
export interface Answered extends Reply {
  readonly replayed?: boolean
}

/** Remembers what was answered under which key. */
export interface IdempotencyKeys {
  /**
   * Runs `work` once per key, and gives its result to everyone who asks the same with that key again, whatever the
   * result was. A request that `work` refuses as invalid leaves the key free.
   */
  once(key: string | undefined, asked: string, work: () => Promise<Reply>): Promise<Answered>
}

interface Kept {
  readonly asked: string
  reply?: Reply
}

/** As Stripe describes it for its v1 endpoints, without the end of a key after a day. */
export function createIdempotencyKeys(): IdempotencyKeys {
  const kept = new Map<string, Kept>()
  return {
    async once(key, asked, work) {
      if (key === undefined) return work()
      if (key.length > 255) {
        return refusal(400, 'invalid_request_error', { message: 'Idempotency keys have at most 255 characters.' })
      }
      const earlier = kept.get(key)
      if (earlier && earlier.asked !== asked) {
        return refusal(400, 'idempotency_error', { message: 'This key was used for a request with other parameters.' })
      }
      if (earlier && !earlier.reply) {
        return refusal(409, 'idempotency_error', {
          code: 'idempotency_key_in_use',
          message: 'Another request with this key is in progress.',
        })
      }
      if (earlier?.reply) return { ...earlier.reply, replayed: true }

      const now: Kept = { asked }
      kept.set(key, now)
      try {
        now.reply = await work()
      } finally {
        if (!now.reply || now.reply.status === 400) kept.delete(key)
      }
      return now.reply
    },
  }
}
