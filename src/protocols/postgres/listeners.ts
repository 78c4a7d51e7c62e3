import type { AskedClock } from '../../core/asked-clock.ts'
import type { OpenExchange } from '../../core/recorder.ts'
import { fingerprintOf } from './fingerprint.ts'
import type { PostgresReply } from './message.ts'

type Exchange = OpenExchange<PostgresReply>

/** The LISTEN statements of one session. Their exchanges stay open, as what is notified is part of their answer. */
export class Listeners {
  readonly #clock: AskedClock
  readonly #since = new Map<Exchange, { readonly channel: string; asked: number }>()

  constructor(clock: AskedClock) {
    this.#clock = clock
  }

  /** A statement has been asked. */
  asked(sql: string, exchange: Exchange): void {
    this.#clock.tick()
    const { verbs, operation } = fingerprintOf(sql)
    if (verbs.includes('LISTEN')) this.#since.set(exchange, { channel: operation.slice('LISTEN '.length), asked: 0 })
  }

  /** Whether an exchange goes on after its answer. */
  answered(exchange: Exchange): boolean {
    const listening = this.#since.get(exchange)
    if (listening) listening.asked = this.#clock.now
    return listening !== undefined
  }

  /** @returns False when no LISTEN is known. */
  notified(channel: string, payload: string): boolean {
    const all = [...this.#since]
    const [exchange, listening] = all.findLast(([, each]) => each.channel === channel) ?? all.at(-1) ?? []
    if (!exchange || !listening) return false
    const after = this.#clock.now - listening.asked
    exchange.message('service', { type: 'notification', channel, payload, after })
    return true
  }

  end(): void {
    for (const exchange of this.#since.keys()) exchange.close('complete')
    this.#since.clear()
  }
}
