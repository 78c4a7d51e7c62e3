import { once } from 'node:events'
import type { Carriage, Gates } from '../../core/carry.ts'
import type { Disturbance, Faults, ServiceError } from '../../core/fault.ts'
import type { JsonObject } from '../../core/json.ts'
import { type DeskMessage, MessageDesk } from '../../core/message-desk.ts'
import { pause, realClearTimeout, setProgramTimeout } from '../../core/real-clock.ts'
import type { AmqpUnit } from './assembler.ts'
import { ChannelHold } from './channel-hold.ts'
import { Closer } from './closer.ts'
import { targetOf, textOf } from './describe.ts'
import { encodeContent, encodeMethod } from './encode.ts'
import type { Incoming, Outgoing } from './in-flight.ts'
import type { AmqpSession } from './session.ts'
import { settlement } from './settlement.ts'
import { Settler } from './settler.ts'
import { UnitGate } from './unit-gate.ts'

/** What is done to a connection besides faults. */
export interface HoldOptions {
  /** The virtual host that is opened in place of the one that the client names. */
  readonly vhost?: ((asked: string) => string) | undefined
}

const settles: ReadonlySet<string> = new Set(['basic.ack', 'basic.nack', 'basic.reject'])
const kinds: Readonly<Record<string, 'publish' | 'consume' | 'get' | 'connect'>> = {
  'basic.publish': 'publish',
  'basic.consume': 'consume',
  'basic.get': 'get',
  'connection.open': 'connect',
}
/** Not asked by anybody, and nothing that a fault could mean. */
const unasked = /^connection\.(?!open$)|^channel\.(?:open|close)|-ok$/
/** A tag that no broker has given: what the client says of it is an error on both sides. */
const unknownTag = 2 ** 48

/**
 * Lets methods through one by one, both ways, while a fault is armed. Whatever a fault does to a message, each side
 * counts deliveries and confirms without a gap, and is told of each once: where their counts part, tags are rewritten
 * for as long as the channel lives.
 */
export class MessageHold {
  readonly #session: AmqpSession
  readonly #faults: Faults
  readonly #carriage: Carriage
  readonly #options: HoldOptions
  readonly #client: UnitGate
  readonly #service: UnitGate
  readonly #published: MessageDesk
  readonly #delivered: MessageDesk
  readonly #closer: Closer
  readonly #settler: Settler
  readonly #channels = new Map<number, ChannelHold>()
  readonly #outgoing = new WeakMap<Buffer, Outgoing>()
  readonly #incoming = new WeakMap<Buffer, Incoming>()
  /** Nothing reaches the client any more, until this has come. */
  #losing: ((unit: AmqpUnit) => boolean) | undefined

  constructor(session: AmqpSession, faults: Faults, carriage: Carriage, options: HoldOptions = {}) {
    this.#session = session
    this.#faults = faults
    this.#carriage = carriage
    this.#options = options
    const { toServer, toClient } = carriage
    this.#client = new UnitGate({
      from: 'client',
      session,
      lane: toServer,
      watching: () => faults.watching || (options.vhost !== undefined && !session.opened),
      handle: (unit, bytes) => this.#asked(unit, bytes),
    })
    this.#service = new UnitGate({
      from: 'service',
      session,
      lane: toClient,
      watching: () => faults.watching || this.#losing !== undefined,
      handle: (unit, bytes) => this.#said(unit, bytes),
    })
    const { gone } = toServer
    this.#published = new MessageDesk({ send: (bytes) => this.#send(bytes), gone, gate: this.#client })
    this.#delivered = new MessageDesk({ send: (bytes) => this.#bring(bytes), gone, gate: this.#service })
    this.#closer = new Closer({ session, carriage, client: this.#client, service: this.#service })
    const hold = (channel: number): ChannelHold => this.#channel(channel)
    this.#settler = new Settler({ session, carriage, service: this.#service, hold })
  }

  get gates(): Gates {
    return { client: this.#client, service: this.#service }
  }

  /** As that of {@link Settler}. */
  settle(abandon: boolean): Promise<void> {
    return this.#settler.settle(abandon)
  }

  #asked(unit: AmqpUnit, bytes: Buffer): Promise<void> | undefined {
    const { name, fields, channel } = unit
    const handled = this.#closer.asked(unit, bytes)
    if (handled) return handled
    if (!unasked.test(name)) {
      if (settles.has(name)) return this.#settles(unit, bytes)
      const queue = fields['queue'] === '' ? { queue: this.#session.channel(channel).queueOf('') } : {}
      const struck = this.#faults.strike(targetOf(kinds[name] ?? 'method', name, { ...fields, ...queue }))
      if (name === 'basic.publish') return this.#publishes(unit, bytes, struck)
      if (struck) return this.#disturb(struck, unit, bytes)
    }
    return this.#forward(unit, bytes)
  }

  /** Shows a method to the session, and sends it on. */
  #forward({ name, channel, fields }: AmqpUnit, bytes: Buffer): Promise<void> | undefined {
    const { vhost } = this.#options
    if (name === 'channel.close') this.#forget(channel)
    this.#session.take('client', bytes)
    if (name !== 'connection.open' || !vhost) return this.#carriage.toServer.write(bytes)
    return this.#carriage.toServer.write(encodeMethod(0, name, { vhost: vhost(textOf(fields, 'vhost')) }))
  }

  #publishes(unit: AmqpUnit, bytes: Buffer, struck: Disturbance | undefined): Promise<void> | undefined {
    const channel = this.#channel(unit.channel)
    const state = this.#session.channel(unit.channel)
    if (struck?.do === 'block') return this.#block(struck, unit, bytes)
    // From here on the two sides may count differently.
    if (struck && state.confirming) channel.countConfirms(state)
    this.#session.take('client', bytes)
    const number = state.confirming ? state.published : undefined
    const message = this.#message(unit, bytes, { channel, number })
    if (!struck) return this.#published.pass(message)
    if (this.#published.disturb(struck, message)) return undefined
    if (struck.do === 'lose' && struck.quietly) {
      this.#outgoing.set(bytes, { channel, number: undefined })
      if (struck.late) void this.#confirmLate(unit.channel, number, struck)
      return this.#published.pass(message)
    }
    if (struck.do === 'refuse') return this.#refusePublish(struck.error, unit, number)
    return this.#disturb(struck, unit, bytes, true)
  }

  #message(unit: AmqpUnit, bytes: Buffer, outgoing: Outgoing): DeskMessage {
    const { channel, fields, name } = unit
    const note = (made: Buffer, number: number | undefined): Buffer => {
      this.#outgoing.set(made, { ...outgoing, number })
      return made
    }
    note(bytes, outgoing.number)
    return {
      key: `${channel} ${textOf(fields, 'exchange')} ${textOf(fields, 'routingKey')}`,
      bytes,
      body: unit.body,
      again: () => note(Buffer.from(bytes), undefined),
      poisoned: (body) => {
        const { frameMax } = this.#session
        const made = encodeContent({
          channel,
          name,
          fields,
          properties: unit.header!,
          body: Buffer.from(body),
          frameMax,
        })
        return note(made, outgoing.number)
      },
      dropped: () => void this.#confirm(channel, 'basic.ack', outgoing.number),
    }
  }

  /** Writes a publish, and remembers which one it is to the broker. */
  #send(bytes: Buffer): Promise<void> | undefined {
    const outgoing = this.#outgoing.get(bytes)
    if (outgoing?.channel.closed) return undefined
    outgoing?.channel.confirms?.sent(outgoing.number)
    return this.#carriage.toServer.write(bytes)
  }

  async #refusePublish(error: ServiceError, unit: AmqpUnit, number: number | undefined): Promise<void> {
    const { channel, fields, header, body } = unit
    if (error.code === 'NACK') return this.#confirm(channel, 'basic.nack', number)
    if (error.code !== 'RETURN') return this.#refuse(error, unit)
    await this.#session.whole('service')
    const back = { ...fields, code: 312, text: error.message }
    const { frameMax } = this.#session
    await this.#service.pass(
      encodeContent({ channel, name: 'basic.return', fields: back, properties: header!, body, frameMax }),
    )
    return this.#confirm(channel, 'basic.ack', number)
  }

  /** Tells the client in the broker's name what became of a message. */
  async #confirm(channel: number, name: 'basic.ack' | 'basic.nack', number: number | undefined): Promise<void> {
    if (number === undefined) return
    await this.#session.whole('service')
    await this.#service.pass(encodeMethod(channel, name, { deliveryTag: number }))
  }

  /** Whoever still waits for it once nothing goes wrong any more gets on, or once it is time. */
  async #confirmLate(
    number: number,
    confirmed: number | undefined,
    { ms, released }: Disturbance & { readonly do: 'lose' },
  ): Promise<void> {
    const channel = this.#channel(number)
    const { gone } = this.#carriage.toServer
    const due = new AbortController()
    const timer = ms === undefined ? undefined : setProgramTimeout(() => due.abort(), ms)
    const over = AbortSignal.any([gone, due.signal, ...(released ? [released] : [])])
    if (!over.aborted) await once(over, 'abort')
    realClearTimeout(timer)
    if (!channel.closed && !gone.aborted) await this.#confirm(number, 'basic.ack', confirmed)
  }

  #settles(unit: AmqpUnit, bytes: Buffer): Promise<void> | undefined {
    const { name, channel, fields } = unit
    const hold = this.#channels.get(channel)
    const tag = Number(fields['deliveryTag'])
    const queue = this.#session.channel(channel).queueOfTag(tag)
    const struck = this.#faults.strike(targetOf('method', name, { queue }))
    const multiple = fields['multiple'] === true
    const redeliver = struck?.do === 'redeliver'
    let translated = bytes
    if (hold?.deliveries) {
      const settled = hold.deliveries.settle(tag, multiple)
      const known = settled.flatMap(({ tag: theirs, requeue }) => (theirs === undefined ? [] : [{ theirs, requeue }]))
      translated = Buffer.concat(
        known.map(({ theirs, requeue }) => settlement(channel, name, fields, theirs, requeue || redeliver)),
      )
      if (settled.length === 0) translated = encodeMethod(channel, name, { ...fields, deliveryTag: unknownTag + tag })
    } else if (redeliver) {
      translated = encodeMethod(channel, 'basic.nack', { deliveryTag: tag, multiple, requeue: true })
    }
    if (struck && !redeliver && struck.do !== 'drop') return this.#disturb(struck, unit, bytes, false, translated)
    this.#session.take('client', bytes)
    return struck?.do === 'drop' ? undefined : this.#carriage.toServer.write(translated)
  }

  #said(unit: AmqpUnit, bytes: Buffer): Promise<void> | undefined {
    const { name, channel, fields } = unit
    if (this.#losing) {
      if (this.#losing(unit)) this.#reset('the answer was lost on its way to the client')
      return undefined
    }
    const handled = this.#closer.said(unit)
    if (handled) return handled
    if (this.#settler.said(unit)) return undefined
    if (name === 'basic.deliver' || name === 'basic.get-ok') return this.#delivers(unit, bytes)
    const confirms = this.#channels.get(channel)?.confirms
    if (confirms && (name === 'basic.ack' || name === 'basic.nack')) {
      const numbers = confirms.confirmed(Number(fields['deliveryTag']), fields['multiple'] === true)
      if (numbers.length === 0) return undefined
      return this.#service.pass(
        Buffer.concat(numbers.map((number) => encodeMethod(channel, name, { deliveryTag: number }))),
      )
    }
    if (name === 'channel.close' || name === 'channel.close-ok') this.#forget(channel)
    return this.#service.pass(bytes)
  }

  #delivers(unit: AmqpUnit, bytes: Buffer): Promise<void> | undefined {
    const { name, fields } = unit
    const state = this.#session.channel(unit.channel)
    const channel = this.#channel(unit.channel)
    const consumer = state.consumer(textOf(fields, 'consumerTag'))
    const { queue = '', noAck = false } = name === 'basic.deliver' ? (consumer ?? {}) : (state.fetching ?? {})
    // What is fetched is the answer to a question, which was shown to the faults already.
    const struck = name === 'basic.deliver' ? this.#faults.strike(targetOf('deliver', name, { queue })) : undefined
    if (struck) channel.countDeliveries(state)
    const incoming: Incoming = {
      channel,
      unit,
      tag: Number(fields['deliveryTag']),
      settleable: !noAck,
      requeue: struck?.do === 'redeliver',
    }
    const message = this.#delivery(queue, bytes, incoming)
    if (!struck || struck.do === 'redeliver') return this.#delivered.pass(message)
    if (this.#delivered.disturb(struck, message)) return undefined
    if (struck.do === 'refuse') return this.#refuse(struck.error, unit)
    if (struck.do === 'end') return this.#endBehind(message, struck.error, unit)
    if (struck.do === 'cut' || struck.do === 'lose') return void this.#reset('the connection was lost')
    return this.#delivered.pass(message)
  }

  /** The connection is closed while the client is working on a message. */
  async #endBehind(message: DeskMessage, { code, message: text }: ServiceError, unit: AmqpUnit): Promise<void> {
    await this.#delivered.pass(message)
    await this.#closer.closeConnection({ code: Number(code), text, unit }, true)
  }

  #delivery(queue: string, bytes: Buffer, incoming: Incoming): DeskMessage {
    const { unit, tag, settleable } = incoming
    const note = (made: Buffer, changes: Partial<Incoming> = {}): Buffer => {
      this.#incoming.set(made, { ...incoming, ...changes })
      return made
    }
    return {
      key: `${unit.channel} ${queue}`,
      bytes: note(bytes),
      body: unit.body,
      again: () => {
        const fields = { ...unit.fields, redelivered: true }
        return note(Buffer.from(bytes), { unit: { ...unit, fields }, tag: undefined })
      },
      poisoned: (body) => {
        const { name, fields, channel } = unit
        const { frameMax } = this.#session
        return note(
          encodeContent({ channel, name, fields, properties: unit.header!, body: Buffer.from(body), frameMax }),
        )
      },
      // As the client cannot settle it, it is settled here.
      dropped: () => {
        if (settleable) void this.#tell(encodeMethod(unit.channel, 'basic.ack', { deliveryTag: tag ?? 0 }))
      },
    }
  }

  /** Brings a delivery to the client, under the tag that is next for it. */
  #bring(bytes: Buffer): Promise<void> | undefined {
    const incoming = this.#incoming.get(bytes)
    if (!incoming || incoming.channel.closed) return undefined
    const { channel, unit, tag, requeue, settleable } = incoming
    if (!channel.deliveries) return this.#service.pass(bytes)
    const deliveryTag = channel.deliveries.bring({ tag, requeue }, settleable)
    const method = encodeMethod(unit.channel, unit.name, { ...unit.fields, deliveryTag })
    const content = bytes.subarray(8 + bytes.readUInt32BE(3))
    return this.#service.pass(Buffer.concat([method, content]))
  }

  async #disturb(
    struck: Disturbance,
    unit: AmqpUnit,
    bytes: Buffer,
    taken = false,
    translated: Buffer = bytes,
  ): Promise<void> {
    const { toServer } = this.#carriage
    if (struck.do === 'delay') await pause(struck.ms, toServer.gone, struck.released)
    if (struck.do === 'delay' && translated === bytes) return this.#forward(unit, bytes)
    if (!taken) this.#session.take('client', bytes)
    if (struck.do === 'refuse') return this.#refuse(struck.error, unit)
    if (struck.do === 'cut') return this.#reset('the connection was lost before it reached the broker')
    if (struck.do !== 'lose') return void (await toServer.write(translated))
    await this.#session.whole('service')
    const answered = new Set([`${unit.name}-ok`, 'basic.get-empty', 'channel.close', 'connection.close'])
    // The broker deals with one method of a channel after the other, so this one's answer means that ours is done.
    const asks = settles.has(unit.name) || unit.name === 'basic.publish'
    this.#losing = ({ name }) => (asks ? name === 'channel.flow-ok' || name === 'channel.close' : answered.has(name))
    const flow = asks ? [encodeMethod(unit.channel, 'channel.flow', { active: true })] : []
    await toServer.write(Buffer.concat([translated, ...flow]))
  }

  #refuse(error: ServiceError, unit: AmqpUnit): Promise<void> {
    const { code, message: text, fatal } = error
    const close = { code: Number(code) || 541, text, unit }
    if (fatal || unit.channel === 0) return this.#closer.closeConnection(close)
    this.#forget(unit.channel)
    return this.#closer.closeChannel(unit.channel, close)
  }

  async #block(
    { ms, reason, released }: Disturbance & { readonly do: 'block' },
    unit: AmqpUnit,
    bytes: Buffer,
  ): Promise<void> {
    const { hearsBlocked } = this.#session
    const say = async (name: string, fields: JsonObject): Promise<void> => {
      if (!hearsBlocked) return
      await this.#session.whole('service')
      await this.#service.pass(encodeMethod(0, name, fields))
    }
    await say('connection.blocked', { reason })
    await pause(ms, this.#carriage.toServer.gone, released)
    await say('connection.unblocked', {})
    return this.#publishes(unit, bytes, undefined)
  }

  /** Says something to the broker in the client's name. */
  async #tell(bytes: Buffer): Promise<void> {
    await this.#session.whole('client')
    await this.#carriage.toServer.write(bytes)
  }

  #channel(number: number): ChannelHold {
    let channel = this.#channels.get(number)
    if (!channel) {
      channel = new ChannelHold([this.#client, this.#service])
      this.#channels.set(number, channel)
    }
    return channel
  }

  #forget(number: number): void {
    this.#channels.get(number)?.close()
    this.#channels.delete(number)
  }

  #reset(reason: string): void {
    this.#session.end('reset', reason)
    this.#carriage.reset()
  }
}
