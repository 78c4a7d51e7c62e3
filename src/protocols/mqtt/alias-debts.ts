import type { MqttPacket } from './decode.ts'

/** Topic aliases whose first message did not arrive: the next one that uses them must bring the topic. */
export class AliasDebts {
  readonly #gate: { pending: number }
  readonly #topics = new Map<unknown, string>()

  /** @param gate - Counts the debts, so that only whole packets pass meanwhile. */
  constructor(gate: { pending: number }) {
    this.#gate = gate
  }

  /** A message has been held back; if it introduced an alias, the receiver does not know it. */
  owe({ topic, properties }: MqttPacket): void {
    const alias = properties['topicAlias']
    if (!topic || alias === undefined) return
    if (!this.#topics.has(alias)) this.#gate.pending++
    this.#topics.set(alias, topic)
  }

  /** The topic that this message must bring, if it must. The debt is settled then. */
  settle({ topic, properties }: MqttPacket): string | undefined {
    const alias = properties['topicAlias']
    const owed = this.#topics.get(alias)
    if (owed === undefined) return undefined
    this.#topics.delete(alias)
    this.#gate.pending--
    return topic === '' ? owed : undefined
  }
}
