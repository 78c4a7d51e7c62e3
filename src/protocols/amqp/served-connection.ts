import type { Duplex } from 'node:stream'
import { askNow, type NextReply } from '../../core/ask-now.ts'
import type { AskedClock } from '../../core/asked-clock.ts'
import { type Channel, channel } from '../../core/channel.ts'
import { resetConnection } from '../../core/duplex-lane.ts'
import { MortarError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Peer } from '../../core/peer.ts'
import type { OpenExchange } from '../../core/recorder.ts'
import { refusalText } from '../../core/refusal-text.ts'
import { textOf } from './describe.ts'
import { encodeContent, encodeMethod } from './encode.ts'
import type { AmqpMessage, AmqpQuestion, AmqpReply } from './message.ts'
import { Prefetch } from './prefetch.ts'
import { AmqpSession } from './session.ts'
import { methodsByName } from './types.ts'

/** Whom a connection serves. */
export interface ServedConnectionOptions {
  readonly client: Duplex
  readonly peer: Peer<AmqpQuestion, AmqpReply>
  readonly clock: AskedClock
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal
}

/** The code of what we cannot do. */
const internalError = 541
const silent: OpenExchange<AmqpReply> = { message: () => {}, close: () => {} }

/**
 * One connection to a broker that is not there. What the client asks is found by following it as if there were one:
 * each exchange that would be taken down is asked for instead.
 */
export class ServedConnection {
  readonly #options: ServedConnectionOptions
  readonly #session: AmqpSession
  /** Methods of one channel are answered one after the other. */
  readonly #turns = new Map<number, Promise<void>>()
  readonly #prefetch = new Map<number, Prefetch>()
  /** What becomes of the delivery that is being written. */
  #delivering: OpenExchange<AmqpReply> = silent

  constructor(options: ServedConnectionOptions) {
    this.#options = options
    this.#session = new AmqpSession({ open: (question) => this.#asked(question) }, options.clock)
  }

  /** Bytes of the client, whole frames. */
  take(bytes: Buffer): void {
    this.#session.take('client', bytes)
  }

  /** Says something to the client. */
  write(bytes: Buffer): void {
    const { client } = this.#options
    this.#session.take('service', bytes)
    if (!client.writableEnded) client.write(bytes)
  }

  end(): void {
    this.#session.end()
  }

  #asked(question: AmqpQuestion): OpenExchange<AmqpReply> {
    if (question.kind === 'deliver') return this.#delivering
    // Whoever opens a connection is let in, and that a channel was closed is nothing that is asked.
    if (question.kind === 'connect' || question.name === 'channel.close') return silent
    const { client, peer, clock, signal } = this.#options
    const settles = question.kind === 'get' ? channel<AmqpReply>() : undefined
    const state = this.#session.channel(question.channel)
    const number = state.confirming ? state.published + 1 : undefined
    const since = clock.now
    const next = askNow(client, peer, settles ? { ...question, incoming: settles } : question, signal)
    if (question.name === 'basic.qos') this.#limit(question)
    if (question.kind === 'publish') void this.#guard(question, () => this.#published(question, next, number))
    else {
      const before = this.#turns.get(question.channel) ?? Promise.resolve()
      const turn = before.then(() => this.#guard(question, () => this.#answer(question, next, since)))
      this.#turns.set(question.channel, turn)
    }
    return settles ? this.#settling(settles) : silent
  }

  async #published(question: AmqpQuestion, next: NextReply<AmqpReply>, number: number | undefined): Promise<void> {
    const { channel: on, fields, properties = {}, body } = question
    for (let { done, value } = await next(); !done; { done, value } = await next()) {
      if (value.type === 'confirm' && number !== undefined)
        this.write(encodeMethod(on, value.ack ? 'basic.ack' : 'basic.nack', { deliveryTag: number }))
      else if (value.type === 'return')
        this.#content(on, 'basic.return', { ...fields, code: value.code, text: value.text }, properties, body)
      else if (this.#ends(question, value)) return
    }
  }

  /** Answers a method; what a consumer is brought comes whenever it does. */
  async #answer(question: AmqpQuestion, next: NextReply<AmqpReply>, since: number): Promise<void> {
    const { channel: on, kind } = question
    const { done, value } = await next()
    if (done || this.#ends(question, value)) return
    if (value.type === 'empty') this.write(encodeMethod(on, 'basic.get-empty'))
    if (value.type === 'message') this.#bring(question, value)
    if (value.type === 'delivery') throw new MortarError('MORTAR_RECORDING_CUT', 'the recording begins with a delivery')
    if (value.type === 'ok') this.write(encodeMethod(on, value.name, value.fields))
    if (kind === 'get') void this.#guard(question, () => drain(next))
    if (kind !== 'consume') return
    const tag = value.type === 'ok' ? textOf(value.fields, 'consumerTag') : textOf(question.fields, 'consumerTag')
    void this.#guard(question, () => this.#consume(question, tag, next, since))
  }

  async #consume(question: AmqpQuestion, tag: string, next: NextReply<AmqpReply>, since: number): Promise<void> {
    const { clock, signal } = this.#options
    const { channel: on } = question
    const state = this.#session.channel(on)
    for (let { done, value } = await next(); !done; { done, value } = await next()) {
      if (value.type === 'delivery') {
        await clock.reached(since + (value.after ?? 0))
        await this.#prefetch.get(on)?.room(() => state.unsettled.length)
        if (signal.aborted || state.closed || !state.consumer(tag)) return
        await this.#deliver(question, tag)
      } else if (value.type === 'cancelled') this.write(encodeMethod(on, 'basic.cancel', { consumerTag: tag }))
      else if (this.#ends(question, value)) return
    }
  }

  async #deliver({ channel: on, fields: consumed, ...rest }: AmqpQuestion, consumerTag: string): Promise<void> {
    const { client, peer, signal } = this.#options
    const queue = textOf(consumed, 'queue')
    const incoming = channel<AmqpReply>()
    const state = this.#session.channel(on)
    const fields = { queue, consumerTag, deliveryTag: state.delivered + 1, noAck: consumed['noAck'] === true }
    const asked: AmqpQuestion = { ...rest, kind: 'deliver', channel: on, name: 'basic.deliver', fields, incoming }
    const next = askNow(client, peer, asked, signal)
    const { done, value } = await next()
    if (done || value.type !== 'message') return
    this.#delivering = this.#settling(incoming, this.#prefetch.get(on))
    this.#bring({ ...asked, fields: { ...fields, deliveryTag: state.delivered + 1 } }, value)
    this.#delivering = silent
    void this.#guard(asked, () => drain(next))
  }

  /** Tells the recording what the client makes of a message. */
  #settling(incoming: Channel<AmqpReply>, prefetch?: Prefetch): OpenExchange<AmqpReply> {
    return {
      message(from, message) {
        if (from === 'client') incoming.push(message)
      },
      close() {
        incoming.end()
        prefetch?.settled()
      },
    }
  }

  #bring({ channel: on, kind, fields }: AmqpQuestion, message: AmqpMessage): void {
    const { exchange, routingKey, redelivered, messageCount = 0, properties, body, size } = message
    if (body.length < size)
      throw new MortarError('MORTAR_RECORDING_CUT', `a message of ${size} bytes was too large to be kept`)
    const deliveryTag = this.#session.channel(on).delivered + 1
    const own = kind === 'get' ? { messageCount } : { consumerTag: fields['consumerTag'] ?? '' }
    const said = { deliveryTag, redelivered, exchange, routingKey, ...own }
    this.#content(on, kind === 'get' ? 'basic.get-ok' : 'basic.deliver', said, properties, body)
  }

  #content(on: number, name: string, fields: JsonObject, properties: JsonObject, body: Uint8Array): void {
    const { frameMax } = this.#session
    this.write(encodeContent({ channel: on, name, fields, properties, body, frameMax }))
  }

  /** Closes what was closed when this was recorded. */
  #ends({ channel: on, name }: AmqpQuestion, reply: AmqpReply): boolean {
    if (reply.type === 'failure') resetConnection(this.#options.client)
    if (reply.type !== 'closed') return reply.type === 'failure'
    const { code, text } = reply
    if (reply.what === 'connection') this.write(encodeMethod(0, 'connection.close', { code, text }))
    else this.#closeChannel(on, name, code, text)
    return true
  }

  #closeChannel(on: number, blamed: string, code: number, text: string): void {
    const { classId = 0, methodId = 0 } = methodsByName.get(blamed) ?? {}
    this.#turns.delete(on)
    this.#prefetch.delete(on)
    this.write(encodeMethod(on, 'channel.close', { code, text, classId, methodId }))
  }

  #limit({ channel: on, fields }: AmqpQuestion): void {
    this.#prefetch.set(on, new Prefetch(Number(fields['prefetchCount'])))
  }

  /** What goes wrong closes the channel, as a broker would. */
  async #guard({ channel: on, name }: AmqpQuestion, work: () => Promise<void>): Promise<void> {
    const state = this.#session.channel(on)
    try {
      await work()
    } catch (error) {
      if (this.#options.signal.aborted || state.closed) return
      const text = refusalText(error as Error).replaceAll(/\s*[\r\n]+\s*/g, ' ')
      this.#closeChannel(on, name, internalError, text)
    }
  }
}

/** Goes on to the end, where it shows whether the client did as it was recorded. */
async function drain(next: NextReply<AmqpReply>): Promise<void> {
  while (!(await next()).done);
}
