/**
 * Which message the broker means by a number, where it does not get what the client has sent in number or order. Both
 * count from one without a gap.
 */
export class ConfirmLedger {
  #sent: number
  /** By the broker's number, the client's; `undefined` where the client is not to hear of it. */
  readonly #waiting: Map<number, number | undefined>

  /** Until now both have counted alike. */
  constructor(sent: number, unconfirmed: readonly number[]) {
    this.#sent = sent
    this.#waiting = new Map(unconfirmed.map((number) => [number, number]))
  }

  /** The broker gets a message. */
  sent(number: number | undefined): void {
    this.#waiting.set(++this.#sent, number)
  }

  /** The broker confirms. @returns The client's numbers */
  confirmed(number: number, multiple: boolean): number[] {
    const found = [...this.#waiting].filter(
      ([each]) => each === number || (multiple && (number === 0 || each < number)),
    )
    for (const [each] of found) this.#waiting.delete(each)
    return found.flatMap(([, mine]) => (mine === undefined ? [] : [mine]))
  }
}

/** A message that the client settles, as the broker knows it. */
export interface Settled {
  /** The broker's tag; `undefined` for a message that it does not know of. */
  readonly tag: number | undefined
  /** The broker is told that the message was not dealt with. */
  readonly requeue: boolean
}

/** Which message the client means by a tag, where it is not brought what the broker delivers in number or order. */
export class DeliveryLedger {
  #brought: number
  readonly #unsettled: Map<number, Settled>

  /** Until now both have counted alike. */
  constructor(brought: number, unsettled: readonly number[]) {
    this.#brought = brought
    this.#unsettled = new Map(unsettled.map((tag) => [tag, { tag, requeue: false }]))
  }

  /** The client is brought a message. @returns Its tag for the client */
  bring(message: Settled, settleable: boolean): number {
    const tag = ++this.#brought
    if (settleable) this.#unsettled.set(tag, message)
    return tag
  }

  /** The client settles. @returns What it means; empty for tags that were never given */
  settle(tag: number, multiple: boolean): Settled[] {
    const found = [...this.#unsettled].filter(([each]) => each === tag || (multiple && (tag === 0 || each < tag)))
    for (const [each] of found) this.#unsettled.delete(each)
    return found.map(([, message]) => message)
  }

  /** What the client has not settled is settled without it. @returns The broker's tags */
  abandon(): number[] {
    const tags = [...this.#unsettled.values()].flatMap(({ tag }) => (tag === undefined ? [] : [tag]))
    for (const mine of this.#unsettled.keys()) this.#unsettled.set(mine, { tag: undefined, requeue: false })
    return tags
  }
}
