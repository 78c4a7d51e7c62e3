import type { OpenExchange } from '../../core/recorder.ts'
import type { MqttReply } from './message.ts'

type Exchange = OpenExchange<MqttReply> | undefined

/** Which filters are subscribed to by which exchange of one connection. An exchange ends with its last filter. */
export class Subscriptions {
  readonly #filters = new Map<string, { readonly exchange: Exchange; readonly identifier: number | undefined }>()

  /** Replaces what subscribed to the same filter before. */
  add(filter: string, exchange: Exchange, identifier: number | undefined): void {
    const before = this.#filters.get(filter)?.exchange
    this.#filters.set(filter, { exchange, identifier })
    if (before !== exchange) this.#release(before)
  }

  remove(filter: string): void {
    const before = this.#filters.get(filter)?.exchange
    if (this.#filters.delete(filter)) this.#release(before)
  }

  /** Whose answer a message is: by its subscription identifier, else by its topic. */
  receiver(topic: string, identifiers: readonly unknown[]): Exchange {
    for (const { exchange, identifier } of this.#filters.values())
      if (identifier !== undefined && identifiers.includes(identifier)) return exchange
    for (const [filter, { exchange }] of this.#filters) if (topicMatches(filter, topic)) return exchange
    return undefined
  }

  /** Ends them all. */
  clear(): void {
    const exchanges = new Set([...this.#filters.values()].map(({ exchange }) => exchange))
    this.#filters.clear()
    for (const exchange of exchanges) exchange?.close('complete')
  }

  #release(exchange: Exchange): void {
    const used = [...this.#filters.values()].some((other) => other.exchange === exchange)
    if (!used) exchange?.close('complete')
  }
}

/** Whether a topic falls under a filter with `+` and `#`, shared or not. */
export function topicMatches(filter: string, topic: string): boolean {
  const wanted = (filter.startsWith('$share/') ? filter.split('/').slice(2).join('/') : filter).split('/')
  const parts = topic.split('/')
  // Topics of the broker itself are no matter of wildcards.
  if (topic.startsWith('$') && (wanted[0] === '#' || wanted[0] === '+')) return false
  for (const [i, part] of wanted.entries()) {
    if (part === '#') return true
    if (i >= parts.length || (part !== '+' && part !== parts[i])) return false
  }
  return wanted.length === parts.length
}
