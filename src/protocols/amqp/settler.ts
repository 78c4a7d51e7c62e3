import type { Carriage } from '../../core/carry.ts'
import type { AmqpUnit } from './assembler.ts'
import type { ChannelHold } from './channel-hold.ts'
import type { AmqpChannel } from './channel.ts'
import { encodeMethod } from './encode.ts'
import type { AmqpSession } from './session.ts'
import type { UnitGate } from './unit-gate.ts'

/** What settlers work with. */
export interface SettlerOptions {
  readonly session: AmqpSession
  readonly carriage: Carriage
  readonly service: UnitGate
  readonly hold: (channel: number) => ChannelHold
}

interface Expected {
  /** Answers to what we have asked in the client's place, in the order they come. */
  readonly names: string[]
  readonly done: PromiseWithResolvers<void>
}

/** How often what has arrived meanwhile is settled too: a client that gives each message back is brought it again. */
const mostAgain = 5

/** Brings a connection to rest in the client's place, so that what comes next has nothing to do with what was before. */
export class Settler {
  readonly #options: SettlerOptions
  readonly #expected = new Map<number, Expected>()

  constructor(options: SettlerOptions) {
    this.#options = options
  }

  /**
   * Resolves when the broker has dealt with all that has been sent until now.
   *
   * @param abandon - Whether what the client has not settled is settled for it: messages count as dealt with, and
   *   transactions are rolled back. What the client says of it later does not reach the broker.
   */
  async settle(abandon: boolean): Promise<void> {
    await this.#settleOnce(abandon)
    if (!abandon) return
    // What was on its way to the client has arrived by now, and is to be settled as well.
    for (let again = 0; this.#isOwed() && again < mostAgain; again++) await this.#settleOnce(abandon)
  }

  #isOwed(): boolean {
    const { session, carriage } = this.#options
    if (session.lost || carriage.toServer.gone.aborted) return false
    return session.openChannels.some(([, { unsettled }]) => unsettled.length > 0)
  }

  async #settleOnce(abandon: boolean): Promise<void> {
    const { session, carriage } = this.#options
    await session.whole('client')
    const over = new Promise<void>((resolve) => {
      carriage.toServer.gone.addEventListener('abort', () => resolve(), { once: true })
      if (carriage.toServer.gone.aborted || session.lost) resolve()
    })
    const all = session.openChannels.map(([number, channel]) => this.#settle(number, channel, abandon))
    await Promise.race([over, Promise.all(all)])
  }

  /** Takes the answers that the client did not ask for. Returns false for everything else. */
  said({ name, channel }: AmqpUnit): boolean {
    const expected = this.#expected.get(channel)
    if (!expected) return false
    const mine = name === expected.names[0]
    if (mine) expected.names.shift()
    if (expected.names.length === 0 || name === 'channel.close' || name === 'channel.close-ok') {
      this.#expected.delete(channel)
      this.#options.service.pending--
      expected.done.resolve()
    }
    return mine
  }

  #settle(number: number, channel: AmqpChannel, abandon: boolean): Promise<void> {
    const { carriage, service, hold } = this.#options
    const before = this.#expected.get(number)
    if (before) return before.done.promise.then(() => this.#settle(number, channel, abandon))
    const asked: Buffer[] = []
    const names: string[] = []
    const ask = (name: string, fields = {}): void => {
      asked.push(encodeMethod(number, name, fields))
      names.push(`${name}-ok`)
    }
    if (abandon && channel.pending > 0) ask('tx.rollback')
    if (abandon && channel.unsettled.length > 0) {
      const kept = hold(number)
      kept.countDeliveries(channel)
      for (const tag of kept.deliveries!.abandon()) asked.push(encodeMethod(number, 'basic.ack', { deliveryTag: tag }))
      if (channel.transactional) ask('tx.commit')
    }
    if (abandon) channel.abandon()
    ask('channel.flow', { active: true })
    const done = Promise.withResolvers<void>()
    this.#expected.set(number, { names, done })
    service.pending++
    void carriage.toServer.write(Buffer.concat(asked))
    return done.promise
  }
}
