import type { JsonObject } from '../../core/json.ts'
import { textOf } from '../../protocols/amqp/describe.ts'
import { type RabbitClient, RabbitRefusal } from './rabbit-client.ts'
import type { Made, Topology } from './topology.ts'

/** Names of what was made, for whoever gets the virtual host after one that could not clean up. */
const journalQueue = 'mortar.made'

/** Writes down in the virtual host itself what is made there, and deletes what a predecessor wrote down. */
export class Emptier {
  readonly #client: RabbitClient

  constructor(client: RabbitClient) {
    this.#client = client
  }

  /** Makes a virtual host that was just claimed empty, whatever became of who had it. */
  async begin(): Promise<void> {
    await this.#client.call('queue.declare', { queue: journalQueue, durable: true })
    for (;;) {
      const { name, body } = await this.#client.call('basic.get', { queue: journalQueue, noAck: true })
      if (name === 'basic.get-empty') return
      const [, kind = '', made = ''] = /^(queue|exchange) (.*)$/s.exec(body.toString()) ?? []
      if (kind !== '') await this.#delete(kind, made)
    }
  }

  /** Something is being made. */
  note(kind: 'queue' | 'exchange', name: string): void {
    this.#client.put(journalQueue, `${kind} ${name}`).catch(() => {})
  }

  /**
   * Deletes what nobody who is still connected has asked for, and empties the rest.
   *
   * @param alive - Connections that are still there.
   */
  async empty(topology: Topology, alive: ReadonlySet<number>): Promise<void> {
    const gone = topology.made.filter(({ by }) => by.isDisjointFrom(alive))
    const order = ['binding', 'queue', 'exchange']
    const goes = new Set(gone.map(({ kind, name }) => `${kind} ${name}`))
    for (const made of gone.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))) {
      topology.forget(made)
      if (made.kind === 'binding') {
        // With its queue or exchange it goes by itself; a broker takes a millisecond for each.
        if (!endsOf(made).some((end) => goes.has(end))) await this.#unbind(made)
      } else await this.#delete(made.kind, made.name)
    }
    const kept = topology.made
    if (topology.takePublished()) {
      for (const { kind, name, exclusive } of kept)
        if (kind === 'queue' && !exclusive) await this.#try('queue.purge', { queue: name })
    }
    if (gone.length === 0) return
    await this.#try('queue.purge', { queue: journalQueue })
    for (const { kind, name } of kept) if (kind !== 'binding') this.note(kind, name)
  }

  /** Leaves nothing behind. */
  async end(topology: Topology): Promise<void> {
    await this.empty(topology, new Set())
    await this.#delete('queue', journalQueue)
  }

  #delete(kind: string, name: string): Promise<void> {
    return this.#try(`${kind}.delete`, { [kind]: name })
  }

  #unbind({ method, fields }: Made): Promise<void> {
    return this.#try(method.replace('bind', 'unbind'), fields)
  }

  /** What is not there any more, or belongs to somebody's connection, goes by itself. */
  async #try(name: string, fields: JsonObject): Promise<void> {
    try {
      await this.#client.call(name, fields)
    } catch (error) {
      if (!(error instanceof RabbitRefusal)) throw error
    }
  }
}

/** What a binding leads from and to, by kind and name. */
function endsOf({ method, fields }: Made): readonly string[] {
  return method === 'queue.bind'
    ? [`queue ${textOf(fields, 'queue')}`, `exchange ${textOf(fields, 'exchange')}`]
    : [`exchange ${textOf(fields, 'destination')}`, `exchange ${textOf(fields, 'source')}`]
}
