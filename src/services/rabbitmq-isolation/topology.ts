import type { JsonObject } from '../../core/json.ts'
import type { OpenExchange, Recorder } from '../../core/recorder.ts'
import { textOf } from '../../protocols/amqp/describe.ts'
import type { AmqpQuestion, AmqpReply } from '../../protocols/amqp/message.ts'

/** Something that clients made in a virtual host. */
export interface Made {
  readonly kind: 'queue' | 'exchange' | 'binding'
  /** Of a queue or an exchange. */
  readonly name: string
  /** Only its connection may use it, and it goes with it. */
  readonly exclusive: boolean
  /** How a binding was asked for: `queue.bind`, `exchange.bind`. */
  readonly method: string
  readonly fields: JsonObject
  /** The connections that asked for it. */
  readonly by: Set<number>
}

/** What clients have made and not yet deleted, found by following them: a broker does not say. */
export class Topology {
  readonly #made = new Map<string, Made>()
  readonly #onMade: (kind: 'queue' | 'exchange', name: string) => void
  /** Messages were published since it was last asked. */
  #published = false

  /** @param onMade - Told of each new queue and exchange. */
  constructor(onMade: (kind: 'queue' | 'exchange', name: string) => void) {
    this.#onMade = onMade
  }

  get made(): readonly Made[] {
    return [...this.#made.values()]
  }

  /** Whether messages were published since this was last called. */
  takePublished(): boolean {
    const published = this.#published
    this.#published = false
    return published
  }

  /** Whether something of it is taken away when only these connections go on. */
  changesWith(alive: ReadonlySet<number>): boolean {
    return this.#published || this.made.some(({ by }) => by.isDisjointFrom(alive))
  }

  forget(made: Made): void {
    this.#made.delete(keyOf(made.kind, made.name, made.fields))
  }

  /** A recorder that looks at what it passes on. */
  watching(recorder: Recorder<AmqpQuestion, AmqpReply>): Recorder<AmqpQuestion, AmqpReply> {
    return {
      ...(recorder.keepBytes !== undefined && { keepBytes: recorder.keepBytes }),
      open: (question) => {
        const exchange = recorder.open(question)
        if (question.kind === 'publish') this.#published = true
        if (question.kind !== 'method') return exchange
        // Even what is not answered any more may have been done.
        if (question.fields['nowait'] === true) this.#done(question, {})
        return this.#watchingAnswer(question, exchange)
      },
    }
  }

  #watchingAnswer(question: AmqpQuestion, exchange: OpenExchange<AmqpReply>): OpenExchange<AmqpReply> {
    let answered = false
    return {
      message: (from, message) => {
        answered = true
        if (message.type === 'ok') this.#done(question, message.fields)
        exchange.message(from, message)
      },
      close: (ending) => {
        if (!answered) this.#done(question, {})
        exchange.close(ending)
      },
    }
  }

  #done({ name, fields, session }: AmqpQuestion, answer: JsonObject): void {
    switch (name) {
      case 'queue.declare':
      case 'exchange.declare': {
        const kind = name === 'queue.declare' ? 'queue' : 'exchange'
        const made = textOf(answer, kind) || textOf(fields, kind)
        // The broker's own exchanges cannot be made, nor deleted.
        if (fields['passive'] === true || made === '' || (kind === 'exchange' && made.startsWith('amq.'))) return
        return this.#add(kind, made, name, fields, session)
      }
      case 'queue.bind':
      case 'exchange.bind':
        return this.#add('binding', '', name, fields, session)
      case 'queue.delete':
        return void this.#made.delete(keyOf('queue', textOf(fields, 'queue'), fields))
      case 'exchange.delete':
        return void this.#made.delete(keyOf('exchange', textOf(fields, 'exchange'), fields))
      case 'queue.unbind':
      case 'exchange.unbind':
        return void this.#made.delete(keyOf('binding', '', fields))
      default:
    }
  }

  #add(kind: Made['kind'], name: string, method: string, fields: JsonObject, session: number): void {
    const key = keyOf(kind, name, fields)
    const before = this.#made.get(key)
    if (before) return void before.by.add(session)
    const exclusive = kind === 'queue' && fields['exclusive'] === true
    this.#made.set(key, { kind, name, exclusive, method, fields, by: new Set([session]) })
    if (kind !== 'binding') this.#onMade(kind, name)
  }
}

const ends = ['queue', 'exchange', 'destination', 'source', 'routingKey', 'arguments']

function keyOf(kind: Made['kind'], name: string, fields: JsonObject): string {
  return kind === 'binding' ? JSON.stringify(ends.map((end) => fields[end])) : `${kind} ${name}`
}
