import { MortarError } from '../../core/errors.ts'
import type { NextReply } from '../../core/ask-now.ts'
import type { Field, PostgresReply } from './message.ts'

/** An answer of which the beginning may be looked at before it is given. */
export class PeekedAnswer {
  readonly #take: NextReply<PostgresReply>
  #seen: PostgresReply[] = []

  constructor(take: NextReply<PostgresReply>) {
    this.#take = take
  }

  /** The next reply, `undefined` at the end. Rejects as the peer does. */
  async next(): Promise<PostgresReply | undefined> {
    const seen = this.#seen.shift()
    if (seen) return seen
    const { done, value } = await this.#take()
    return done ? undefined : value
  }

  /**
   * The columns that it will bring; `failed` when it brings an error instead.
   *
   * @throws MortarError `MORTAR_RECORDING_CUT` when nobody had asked for them.
   */
  async fields(): Promise<readonly Field[] | null | 'failed'> {
    const seen: PostgresReply[] = []
    try {
      for (let reply = await this.next(); reply; reply = await this.next()) {
        seen.push(reply)
        if (reply.type === 'result' || reply.type === 'suspended') {
          if (reply.fields === undefined && reply.rows > 0) throw notDescribed()
          return reply.fields ?? null
        }
        if (reply.type === 'copying') return null
        if (reply.type === 'error' || reply.type === 'skipped' || reply.type === 'failure') break
      }
      return 'failed'
    } finally {
      this.#seen = [...seen, ...this.#seen]
    }
  }
}

/** Nobody had asked, when it was recorded, what a statement brings. */
export function notDescribed(): MortarError {
  return new MortarError('MORTAR_RECORDING_CUT', 'what the statement brings was not recorded')
}
