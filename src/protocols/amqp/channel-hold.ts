import type { AmqpChannel } from './channel.ts'
import { ConfirmLedger, DeliveryLedger } from './ledgers.ts'

/** What faults have done to one channel. */
export class ChannelHold {
  readonly #gates: readonly { pending: number }[]
  #confirms: ConfirmLedger | undefined
  #deliveries: DeliveryLedger | undefined
  /** The channel is over, and nothing that was kept for it may be sent any more. */
  closed = false

  /** @param gates - Have to stay active while the two sides count differently. */
  constructor(gates: readonly { pending: number }[]) {
    this.#gates = gates
  }

  /** Absent while both sides count alike. */
  get confirms(): ConfirmLedger | undefined {
    return this.#confirms
  }

  /** Absent while both sides count alike. */
  get deliveries(): DeliveryLedger | undefined {
    return this.#deliveries
  }

  /** From here on the broker may count confirms otherwise than the client. */
  countConfirms({ published, unconfirmed }: AmqpChannel): void {
    if (this.#confirms) return
    this.#confirms = new ConfirmLedger(published, unconfirmed)
    for (const gate of this.#gates) gate.pending++
  }

  /** From here on the client may count deliveries otherwise than the broker. */
  countDeliveries({ delivered, unsettled }: AmqpChannel): void {
    if (this.#deliveries) return
    this.#deliveries = new DeliveryLedger(delivered, unsettled)
    for (const gate of this.#gates) gate.pending++
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    for (const ledger of [this.#confirms, this.#deliveries]) if (ledger) for (const gate of this.#gates) gate.pending--
  }
}
