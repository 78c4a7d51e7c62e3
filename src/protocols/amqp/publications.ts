import type { JsonObject } from '../../core/json.ts'
import type { OpenExchange } from '../../core/recorder.ts'
import { textOf } from './describe.ts'
import type { AmqpReply } from './message.ts'

type Exchange = OpenExchange<AmqpReply> | undefined

interface Published {
  readonly exchange: Exchange
  readonly fields: JsonObject
  returned: boolean
}

// Messages that might come back must not fill the memory where nothing ever says that they do not.
const maxReturnable = 1000

/** What was published on one channel, until it is known what became of it. */
export class Publications {
  /** Until they are confirmed, by number. */
  readonly #unconfirmed = new Map<number, Published>()
  /** Published without confirms, and wanted back if nobody takes them. */
  #returnable: Published[] = []
  #published = 0
  /** Whether the broker confirms what is published. */
  confirming = false

  /** Messages published since confirms were asked for. */
  get published(): number {
    return this.#published
  }

  get unconfirmed(): readonly number[] {
    return [...this.#unconfirmed.keys()]
  }

  add(fields: JsonObject, exchange: Exchange): void {
    const published: Published = { exchange, fields, returned: false }
    if (this.confirming) this.#unconfirmed.set(++this.#published, published)
    else if (fields['mandatory'] === true && this.#returnable.length < maxReturnable) this.#returnable.push(published)
    else exchange?.close('complete')
  }

  /** The broker has confirmed, or has not taken, one or all up to one. */
  confirm({ deliveryTag, multiple }: JsonObject, ack: boolean): void {
    for (const tag of tagsUpTo(this.#unconfirmed, Number(deliveryTag), multiple === true)) {
      const exchange = this.#unconfirmed.get(tag)?.exchange
      this.#unconfirmed.delete(tag)
      exchange?.message('service', { type: 'confirm', ack })
      exchange?.close('complete')
    }
  }

  /** A message comes back. */
  back(fields: JsonObject): void {
    const found = [...this.#unconfirmed.values(), ...this.#returnable].find(
      (each) =>
        !each.returned &&
        each.fields['mandatory'] === true &&
        each.fields['exchange'] === fields['exchange'] &&
        each.fields['routingKey'] === fields['routingKey'],
    )
    if (!found) return
    found.returned = true
    const { code } = fields
    found.exchange?.message('service', { type: 'return', code: Number(code), text: textOf(fields, 'text') })
    if (!this.#returnable.includes(found)) return
    this.#returnable = this.#returnable.filter((each) => each !== found)
    found.exchange?.close('complete')
  }

  /** The broker has answered a later method, so that what has not come back yet does not. */
  passed(): void {
    for (const { exchange } of this.#returnable.splice(0)) exchange?.close('complete')
  }

  /**
   * The broker refuses a message: of what is not confirmed, one to an exchange that it names.
   *
   * @returns False when there is none that it could be.
   */
  refuse(text: string, reply: AmqpReply): boolean {
    const all = [...this.#unconfirmed]
    const named = all.find(([, { fields }]) => text.includes(`'${textOf(fields, 'exchange')}'`))
    const [number, found] = named ?? all[0] ?? []
    if (number === undefined) return false
    this.#unconfirmed.delete(number)
    found?.exchange?.message('service', reply)
    found?.exchange?.close('complete')
    return true
  }

  /** Nothing more becomes known of any of them. */
  end(reply?: AmqpReply): void {
    for (const { exchange } of this.#unconfirmed.values()) {
      if (reply) exchange?.message('service', reply)
      exchange?.close('abandoned')
    }
    this.#unconfirmed.clear()
    this.passed()
  }
}

/** The tags that an acknowledgement means. */
export function tagsUpTo(all: ReadonlyMap<number, unknown>, tag: number, multiple: boolean): number[] {
  if (!multiple) return all.has(tag) ? [tag] : []
  return [...all.keys()].filter((each) => tag === 0 || each <= tag)
}
