import type { Carriage } from '../../core/carry.ts'
import type { AmqpUnit } from './assembler.ts'
import { encodeMethod } from './encode.ts'
import type { AmqpSession } from './session.ts'
import { methodsByName } from './types.ts'
import type { UnitGate } from './unit-gate.ts'

/** What closers work with. */
export interface CloserOptions {
  readonly session: AmqpSession
  readonly carriage: Carriage
  readonly client: UnitGate
  readonly service: UnitGate
}

/** Why something is closed. */
export interface Closing {
  readonly code: number
  readonly text: string
  /** The method to blame. */
  readonly unit: AmqpUnit
}

const goodbye = encodeMethod(0, 'connection.close', { code: 200, text: 'closed' })

/** Closes channels and connections in the broker's name, and in the client's towards the broker. */
export class Closer {
  readonly #options: CloserOptions
  /** Channels that are being closed, with what waits until the broker has closed them too. */
  readonly #channels = new Map<number, PromiseWithResolvers<void>>()
  /** The connection is being closed. */
  #leaving = false
  /** The broker has not been told yet. */
  #waits = false

  constructor(options: CloserOptions) {
    this.#options = options
  }

  /** Closes a channel for both sides. */
  async closeChannel(channel: number, closing: Closing): Promise<void> {
    const { session, carriage, service } = this.#options
    await session.whole('service')
    this.#hold()
    this.#channels.set(channel, Promise.withResolvers())
    await service.pass(closeMethod(channel, 'channel.close', closing))
    await carriage.toServer.write(encodeMethod(channel, 'channel.close', { code: 200, text: 'closed by a fault' }))
  }

  /**
   * Closes the connection for both sides.
   *
   * @param behind - What the client was sent before is to be read: the broker hears of it when the client has answered.
   */
  async closeConnection(closing: Closing, behind = false): Promise<void> {
    const { session, carriage, service } = this.#options
    this.#hold()
    this.#leaving = true
    await Promise.all([session.whole('service'), session.whole('client')])
    this.#waits = behind
    await service.pass(closeMethod(0, 'connection.close', closing))
    if (!behind) await carriage.toServer.write(goodbye)
  }

  /** Takes what the client sends to something that is being closed. Returns `undefined` for everything else. */
  asked({ name, channel }: AmqpUnit, bytes: Buffer): Promise<void> | undefined {
    const { session, carriage } = this.#options
    if (this.#leaving) {
      if (name === 'connection.close') void this.#options.service.pass(encodeMethod(0, 'connection.close-ok'))
      if (name !== 'connection.close-ok' && name !== 'connection.close') return Promise.resolve()
      session.take('client', bytes)
      carriage.toClient.end()
      if (this.#waits) void carriage.toServer.write(goodbye)
      return Promise.resolve()
    }
    const closing = this.#channels.get(channel)
    if (!closing) return undefined
    if (name === 'channel.close') void this.#options.service.pass(encodeMethod(channel, 'channel.close-ok'))
    if (name !== 'channel.close-ok') return Promise.resolve()
    session.take('client', bytes)
    // The client may open it again at once, and the broker must have closed it by then.
    return closing.promise.then(() => {
      this.#channels.delete(channel)
      this.#release()
    })
  }

  /** The same for what the broker sends. */
  said({ name, channel }: AmqpUnit): Promise<void> | undefined {
    const { carriage } = this.#options
    if (this.#leaving) {
      if (name === 'connection.close') void carriage.toServer.write(encodeMethod(0, 'connection.close-ok'))
      if (name === 'connection.close-ok') carriage.toServer.end()
      return Promise.resolve()
    }
    const closing = this.#channels.get(channel)
    if (!closing) return undefined
    if (name === 'channel.close') void carriage.toServer.write(encodeMethod(channel, 'channel.close-ok'))
    if (name === 'channel.close-ok') closing.resolve()
    return Promise.resolve()
  }

  #hold(): void {
    this.#options.client.pending++
    this.#options.service.pending++
  }

  #release(): void {
    this.#options.client.pending--
    this.#options.service.pending--
  }
}

function closeMethod(channel: number, name: string, { code, text, unit }: Closing): Buffer {
  const blamed = methodsByName.get(unit.name)
  return encodeMethod(channel, name, {
    code,
    text,
    ...(blamed && { classId: blamed.classId, methodId: blamed.methodId }),
  })
}
