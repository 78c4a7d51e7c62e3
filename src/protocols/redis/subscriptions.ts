import type { OpenExchange } from '../../core/recorder.ts'
import type { RedisReply } from './message.ts'

type Exchange = OpenExchange<RedisReply> | undefined
type Kind = 'channel' | 'pattern' | 'shard'

const confirmations: Readonly<Record<string, readonly [Kind, boolean]>> = {
  subscribe: ['channel', true],
  psubscribe: ['pattern', true],
  ssubscribe: ['shard', true],
  unsubscribe: ['channel', false],
  punsubscribe: ['pattern', false],
  sunsubscribe: ['shard', false],
}
const deliveries: Readonly<Record<string, Kind>> = { message: 'channel', pmessage: 'pattern', smessage: 'shard' }

/** Whether a command, in lower case, is answered once for each channel that it names. */
export function isSubscribing(command: string): boolean {
  return command in confirmations
}

/** Whether this is what a subscription brings. */
export function isDelivery(kind: string | undefined): kind is string {
  return kind !== undefined && kind in deliveries
}

/** Which channels are subscribed to by which exchange of one connection. An exchange ends with its last channel. */
export class Subscriptions {
  readonly #channels: Readonly<Record<Kind, Map<string, Exchange>>> = {
    channel: new Map(),
    pattern: new Map(),
    shard: new Map(),
  }

  get size(): number {
    const { channel, pattern, shard } = this.#channels
    return channel.size + pattern.size + shard.size
  }

  /** How many confirmations a command that names no channel gets. */
  expected(command: string): number {
    const [kind] = confirmations[command]!
    return Math.max(1, this.#channels[kind].size)
  }

  /** A confirmation of `command` has come. */
  confirm(command: string, channel: string | undefined, exchange: Exchange): void {
    const [kind, begins] = confirmations[command]!
    const channels = this.#channels[kind]
    if (channel === undefined) return
    const before = channels.get(channel)
    if (begins) channels.set(channel, exchange)
    else channels.delete(channel)
    if (before !== exchange) this.#release(before)
  }

  /** Whose answer a delivery belongs to. */
  receiver(kind: string, channel: string | undefined): Exchange {
    return this.#channels[deliveries[kind]!].get(channel ?? '')
  }

  /** Ends them all. */
  clear(): void {
    for (const channels of Object.values(this.#channels)) {
      const exchanges = new Set(channels.values())
      channels.clear()
      for (const exchange of exchanges) exchange?.close('complete')
    }
  }

  #release(exchange: Exchange): void {
    const used = Object.values(this.#channels).some((channels) => [...channels.values()].includes(exchange))
    if (!used) exchange?.close('complete')
  }
}
