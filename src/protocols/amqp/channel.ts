import type { AskedClock } from '../../core/asked-clock.ts'
import type { JsonObject } from '../../core/json.ts'
import type { OpenExchange } from '../../core/recorder.ts'
import type { AmqpUnit } from './assembler.ts'
import { decodeHeader } from './decode.ts'
import { textOf } from './describe.ts'
import type { AmqpMessage, AmqpQuestion, AmqpReply } from './message.ts'
import { Publications, tagsUpTo } from './publications.ts'
import { methodsByName } from './types.ts'

/** An exchange that has been begun; absent where nothing is taken down. */
export type Exchange = OpenExchange<AmqpReply> | undefined

/** A question without what its connection adds to it. */
export type Asked = Omit<AmqpQuestion, 'session' | 'channel'>

/** What a channel works with. */
export interface AmqpChannelOptions {
  readonly open: (asked: Asked) => Exchange
  /** Counts what is published over all connections. */
  readonly clock: AskedClock
  /** Deliveries are to be replayed, so it matters what they came after. */
  readonly timed: boolean
}

interface Waiting {
  readonly unit: AmqpUnit
  readonly exchange: Exchange
  /** What had been published when it was asked. */
  readonly since: number
}

interface Consumer {
  readonly queue: string
  readonly noAck: boolean
  readonly exchange: Exchange
  readonly since: number
}

interface Delivered {
  readonly exchange: Exchange
  readonly queue: string
}

const empty = Buffer.alloc(0)

/** Follows one channel as the client sees it, and ties confirms, returns and deliveries to what they belong to. */
export class AmqpChannel {
  readonly #options: AmqpChannelOptions
  readonly #waiting: Waiting[] = []
  readonly #consumers = new Map<string, Consumer>()
  readonly #publications = new Publications()
  /** Delivered and not settled, by tag. */
  readonly #unsettled = new Map<number, Delivered>()
  /** Open until the transaction is committed. */
  #pending: Exchange[] | undefined
  #delivered = 0
  #lastQueue = ''
  #opened = false
  /** Nothing more belongs to it. */
  closed = false

  constructor(options: AmqpChannelOptions) {
    this.#options = options
  }

  /** Whether the broker confirms what is published. */
  get confirming(): boolean {
    return this.#publications.confirming
  }

  /** Messages published since confirms were asked for. */
  get published(): number {
    return this.#publications.published
  }

  get unconfirmed(): readonly number[] {
    return this.#publications.unconfirmed
  }

  /** The last tag that was delivered. */
  get delivered(): number {
    return this.#delivered
  }

  get unsettled(): readonly number[] {
    return [...this.#unsettled.keys()]
  }

  /** Whether it can be used: it has been opened, and neither side has begun to close it. */
  get usable(): boolean {
    return this.#opened && !this.closed && !this.#waiting.some(({ unit }) => unit.name === 'channel.close')
  }

  /** Whether what is published and acknowledged counts only when it is committed. */
  get transactional(): boolean {
    return this.#pending !== undefined
  }

  /** What has been done in the transaction that is open. */
  get pending(): number {
    return this.#pending?.length ?? 0
  }

  /** What the client has not finished with, in one line each. */
  get unfinished(): readonly string[] {
    const queues = Map.groupBy(this.#unsettled.values(), ({ queue }) => queue)
    const messages = [...queues].map(([queue, all]) => `${countOf(all.length)} of ${queue} not acknowledged`)
    return this.pending > 0 ? [...messages, `a transaction with ${countOf(this.pending)} not committed`] : messages
  }

  /** The queue that an empty name stands for. */
  queueOf(name: string): string {
    return name || this.#lastQueue
  }

  /** Where a delivery came from; empty when it is not known. */
  queueOfTag(tag: number): string {
    return this.#unsettled.get(tag || this.#delivered)?.queue ?? ''
  }

  /** Whether messages are brought here as they come. */
  get consuming(): boolean {
    return this.#consumers.size > 0
  }

  consumer(tag: string): Consumer | undefined {
    return this.#consumers.get(tag)
  }

  /** The fetch that is answered next. */
  get fetching(): { readonly queue: string; readonly noAck: boolean } | undefined {
    const asked = this.#waiting.find(({ unit }) => unit.name === 'basic.get')?.unit.fields
    return asked && { queue: this.queueOf(textOf(asked, 'queue')), noAck: asked['noAck'] === true }
  }

  /** The client has sent a method. */
  asked(unit: AmqpUnit): void {
    const { name, fields } = unit
    switch (name) {
      case 'basic.publish':
        return this.#publish(unit)
      case 'basic.ack':
      case 'basic.nack':
      case 'basic.reject':
        return this.#settle(name.slice(6) as 'ack', fields)
      case 'basic.consume':
      case 'basic.get':
        return this.#expect(unit, this.#begin(name === 'basic.get' ? 'get' : 'consume', unit))
      case 'channel.open':
      case 'channel.close':
        return this.#wait(unit, undefined)
      case 'channel.close-ok':
      case 'channel.flow-ok':
        return undefined
      default:
        return this.#expect(unit, this.#begin('method', unit))
    }
  }

  /** The broker has sent a method. */
  said(unit: AmqpUnit): void {
    switch (unit.name) {
      case 'basic.deliver':
        return this.#deliver(unit)
      case 'basic.ack':
      case 'basic.nack':
        return this.#publications.confirm(unit.fields, unit.name === 'basic.ack')
      case 'basic.return':
        return this.#publications.back(unit.fields)
      case 'basic.cancel': {
        const tag = textOf(unit.fields, 'consumerTag')
        const consumer = this.#consumers.get(tag)
        this.#consumers.delete(tag)
        consumer?.exchange?.message('service', { type: 'cancelled' })
        return consumer?.exchange?.close('complete')
      }
      case 'channel.close':
        return this.#refused(unit.fields)
      case 'channel.flow':
        return undefined
      default:
        return this.#answered(unit)
    }
  }

  /** Whatever the client has not finished with is not waited for any more. */
  abandon(): void {
    for (const exchange of this.#pending?.splice(0) ?? []) {
      exchange?.message('service', { type: 'rollback' })
      exchange?.close('abandoned')
    }
    for (const { exchange } of this.#unsettled.values()) exchange?.close('abandoned')
    this.#unsettled.clear()
  }

  /** Ends everything that is still open. */
  end(reply?: AmqpReply): void {
    this.closed = true
    const give = (exchange: Exchange, ending: 'complete' | 'abandoned'): void => {
      if (reply) exchange?.message('service', reply)
      exchange?.close(ending)
    }
    for (const { exchange } of this.#waiting.splice(0)) give(exchange, 'abandoned')
    this.#publications.end(reply)
    for (const exchange of this.#pending ?? []) give(exchange, 'abandoned')
    for (const { exchange } of this.#unsettled.values()) exchange?.close('abandoned')
    for (const { exchange } of this.#consumers.values()) exchange?.close('complete')
    this.#unsettled.clear()
    this.#consumers.clear()
    this.#pending = undefined
  }

  #begin(kind: AmqpQuestion['kind'], { name, fields }: AmqpUnit): Exchange {
    const queue = fields['queue'] === '' && name !== 'queue.declare' ? { queue: this.#lastQueue } : {}
    return this.#options.open({ kind, name, fields: { ...fields, ...queue }, body: empty, size: 0 })
  }

  #expect(unit: AmqpUnit, exchange: Exchange): void {
    const { name, fields } = unit
    if (fields['nowait'] !== true && methodsByName.has(`${name}-ok`)) return this.#wait(unit, exchange)
    this.#done({ unit, exchange, since: this.#options.clock.now }, {})
    if (name !== 'basic.consume') exchange?.close('complete')
  }

  #wait(unit: AmqpUnit, exchange: Exchange): void {
    this.#waiting.push({ unit, exchange, since: this.#options.clock.now })
  }

  #answered({ name, fields, ...content }: AmqpUnit): void {
    const asked = name === 'basic.get-empty' ? 'basic.get' : name.replace(/-ok$/, '')
    const at = this.#waiting.findIndex(({ unit }) => unit.name === asked)
    if (at < 0) return
    const [waiting] = this.#waiting.splice(at, 1)
    this.#publications.passed()
    if (!waiting) return
    const { unit, exchange } = waiting
    if (name === 'basic.get-ok') return this.#fetched(unit, exchange, { name, fields, ...content })
    exchange?.message('service', name === 'basic.get-empty' ? { type: 'empty' } : { type: 'ok', name, fields })
    this.#done(waiting, fields)
    if (name !== 'basic.consume-ok') exchange?.close('complete')
  }

  /** What a method has changed once it is done. */
  #done({ unit: { name, fields }, exchange, since }: Waiting, answer: JsonObject): void {
    switch (name) {
      case 'queue.declare':
        this.#lastQueue = textOf(answer, 'queue') || textOf(fields, 'queue')
        return
      case 'basic.consume': {
        const tag = textOf(answer, 'consumerTag') || textOf(fields, 'consumerTag')
        const queue = this.queueOf(textOf(fields, 'queue'))
        this.#consumers.set(tag, { queue, noAck: fields['noAck'] === true, exchange, since })
        return
      }
      case 'basic.cancel': {
        const tag = textOf(fields, 'consumerTag')
        this.#consumers.get(tag)?.exchange?.close('complete')
        this.#consumers.delete(tag)
        return
      }
      case 'confirm.select':
        this.#publications.confirming = true
        return
      case 'tx.select':
        this.#pending ??= []
        return
      case 'tx.commit':
      case 'tx.rollback': {
        const type = name === 'tx.commit' ? 'commit' : 'rollback'
        for (const pending of this.#pending?.splice(0) ?? []) {
          pending?.message('service', { type })
          pending?.close('complete')
        }
        return
      }
      case 'channel.open':
        this.#opened = true
        return
      case 'basic.recover':
        for (const { exchange: delivered } of this.#unsettled.values()) delivered?.close('abandoned')
        this.#unsettled.clear()
        return
      case 'channel.close':
        return this.end()
      default:
    }
  }

  #publish({ name, fields, header, body, size }: AmqpUnit): void {
    const { properties } = decodeHeader(header!)
    this.#options.clock.tick()
    const exchange = this.#options.open({ kind: 'publish', name, fields, properties, body, size })
    if (!this.#publications.confirming && this.#pending) this.#pending.push(exchange)
    else this.#publications.add(fields, exchange)
  }

  #deliver(unit: AmqpUnit): void {
    const consumerTag = textOf(unit.fields, 'consumerTag')
    const consumer = this.#consumers.get(consumerTag) ?? this.#awaited()
    const deliveryTag = Number(unit.fields['deliveryTag'])
    const { queue = '', noAck = false } = consumer ?? {}
    const fields = { queue, consumerTag, deliveryTag, noAck }
    const exchange = this.#options.open({ kind: 'deliver', name: unit.name, fields, body: empty, size: 0 })
    const { clock, timed } = this.#options
    const after = timed && consumer ? { after: clock.now - consumer.since } : {}
    consumer?.exchange?.message('service', { type: 'delivery', ...after })
    exchange?.message('service', messageOf(unit))
    this.#settleable(deliveryTag, noAck, { exchange, queue })
  }

  /** A consumer whose first message came before the answer to its request, as it may. */
  #awaited(): Consumer | undefined {
    const waiting = this.#waiting.find(({ unit }) => unit.name === 'basic.consume')
    if (!waiting) return undefined
    const { unit, exchange, since } = waiting
    const queue = this.queueOf(textOf(unit.fields, 'queue'))
    return { queue, noAck: unit.fields['noAck'] === true, exchange, since }
  }

  #fetched({ fields }: AmqpUnit, exchange: Exchange, unit: AmqpUnit): void {
    exchange?.message('service', messageOf(unit))
    const queue = this.queueOf(textOf(fields, 'queue'))
    this.#settleable(Number(unit.fields['deliveryTag']), fields['noAck'] === true, { exchange, queue })
  }

  #settleable(tag: number, noAck: boolean, delivered: Delivered): void {
    this.#delivered = tag
    if (noAck) delivered.exchange?.close('complete')
    else this.#unsettled.set(tag, delivered)
  }

  #settle(how: 'ack' | 'nack' | 'reject', { deliveryTag, multiple, requeue }: JsonObject): void {
    for (const tag of tagsUpTo(this.#unsettled, Number(deliveryTag), multiple === true)) {
      const exchange = this.#unsettled.get(tag)?.exchange
      this.#unsettled.delete(tag)
      exchange?.message('client', { type: 'settle', how, requeue: how !== 'ack' && requeue === true })
      if (this.#pending) this.#pending.push(exchange)
      else exchange?.close('complete')
    }
  }

  /** The broker closes the channel, and says which method was to blame. */
  #refused(fields: JsonObject): void {
    const { code, classId = 0, methodId = 0 } = fields
    const text = textOf(fields, 'text')
    const reply: AmqpReply = { type: 'closed', what: 'channel', code: Number(code), text }
    const blamed = (name: string): boolean => {
      const spec = methodsByName.get(name)
      return spec?.classId === classId && spec?.methodId === methodId
    }
    const waiting = this.#waiting.findIndex(({ unit }) => blamed(unit.name))
    if (waiting >= 0) {
      const [found] = this.#waiting.splice(waiting, 1)
      found?.exchange?.message('service', reply)
      found?.exchange?.close('complete')
    } else if (!blamed('basic.publish') || !this.#publications.refuse(text, reply)) {
      const blame = { classId, methodId }
      const exchange = this.#options.open({
        kind: 'method',
        name: 'channel.close',
        fields: blame,
        body: empty,
        size: 0,
      })
      exchange?.message('service', reply)
      exchange?.close('complete')
    }
    this.end()
  }
}

function countOf(messages: number): string {
  return messages === 1 ? 'a message' : `${messages} messages`
}

function messageOf({ fields, header, body, size }: AmqpUnit): AmqpMessage {
  const { messageCount } = fields
  return {
    type: 'message',
    exchange: textOf(fields, 'exchange'),
    routingKey: textOf(fields, 'routingKey'),
    redelivered: fields['redelivered'] === true,
    ...(typeof messageCount === 'number' && { messageCount }),
    properties: decodeHeader(header!).properties,
    body,
    size,
  }
}
