import { AskedClock } from '../../core/asked-clock.ts'
import type { Sender } from '../../core/exchange.ts'
import { follow, type Follower } from '../../core/follower.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import type { FailureKind } from '../../core/protocol.ts'
import type { OpenExchange, Recorder } from '../../core/recorder.ts'
import { deliveryOf, isPull } from './jetstream.ts'
import type { NatsMessage, NatsQuestion, NatsReply } from './message.ts'
import { type NatsFrame, NatsScanner } from './scanner.ts'
import { subjectMatches } from './subject-matches.ts'

type Exchange = OpenExchange<NatsReply> | undefined

/** What is known of a subscription. */
interface Subscription {
  readonly subject: string
  readonly exchange: Exchange
  /** What had been published before it. */
  readonly since: number
  delivered: number
  /** Ends after so many deliveries. */
  max: number
  /** It was taken back; what is on its way still arrives before this PONG. */
  lastPong: number
}

const tlsHandshake = 0x16
// Messages that are never acknowledged must not fill the memory.
const maxUnacknowledged = 10_000
let sessions = 0

/** Follows one connection beside the stream, and ties deliveries and replies to what asked for them. */
export class NatsSession implements Follower {
  readonly id: number = ++sessions
  readonly #recorder: Recorder<NatsQuestion, NatsReply> | undefined
  readonly #scanners: Readonly<Record<Sender, NatsScanner>>
  readonly #clock: AskedClock
  /** Answers are to be replayed, so it matters what they came after. */
  readonly #timed: boolean
  readonly #subscriptions = new Map<string, Subscription>()
  /** Requests by where their reply goes. */
  readonly #requests = new Map<string, Exchange>()
  /** Deliveries of JetStream by where they are acknowledged. */
  readonly #unacknowledged = new Map<string, Exchange>()
  #self: Exchange
  #greeting: NatsReply[] = []
  /** In verbose mode each operation of the client gets +OK; those that wait for theirs. */
  #verbose = false
  #waiting: Exchange[] = []
  #whole: (() => void)[] = []
  #pings = 0
  #pongs = 0
  #lost = false
  #ended = false

  /** @param clock - Shared by the connections of one wire, to tell the order of what they do. */
  constructor(recorder?: Recorder<NatsQuestion, NatsReply>, clock: AskedClock = new AskedClock()) {
    this.#recorder = recorder
    this.#clock = clock
    const { keepBytes } = recorder ?? {}
    this.#timed = keepBytes !== undefined
    // Questions are kept whole, to be found again.
    const asked = keepBytes === undefined ? undefined : Number.POSITIVE_INFINITY
    this.#scanners = { client: new NatsScanner(asked), service: new NatsScanner(keepBytes) }
  }

  get lost(): boolean {
    return this.#lost
  }

  /** The client has asked for +OK. */
  get verbose(): boolean {
    return this.#verbose
  }

  atBoundary(from: Sender): boolean {
    return this.#scanners[from].atBoundary
  }

  take(from: Sender, chunk: Buffer, once = false): number {
    if (this.#lost) return chunk.length
    if (from === 'client' && chunk[0] === tlsHandshake && this.atBoundary('client')) {
      this.#lost = true
      this.#connection().message('service', { type: 'tls' })
      return chunk.length
    }
    const see = from === 'client' ? this.#asked : this.#said
    const taken = follow(this.#scanners[from], chunk, once, see, (reason) => {
      this.#lost = true
      this.end('malformed', reason)
    })
    if (this.atBoundary('service') || this.#lost) this.#wake()
    return taken
  }

  /** Resolves when what the server has sent ends with a whole message, so that something may be added. */
  async whole(): Promise<void> {
    while (!this.atBoundary('service') && !this.#lost && !this.#ended)
      await new Promise<void>((resolve) => void this.#whole.push(resolve))
  }

  end(failure?: FailureKind, message = ''): void {
    if (this.#ended) return
    this.#ended = true
    const reply: NatsReply | undefined = failure && { type: 'failure', failure, message }
    for (const exchange of new Set(this.#requests.values())) {
      if (reply) exchange?.message('service', reply)
      exchange?.close('abandoned')
    }
    this.#requests.clear()
    for (const exchange of this.#waiting.splice(0)) exchange?.close('abandoned')
    for (const { exchange } of this.#subscriptions.values()) exchange?.close('complete')
    this.#subscriptions.clear()
    // That a server takes its leave is part of its answer to CONNECT.
    if (reply) this.#connection().message('service', reply)
    this.#self?.close('complete')
    this.#wake()
  }

  readonly #asked = (frame: NatsFrame): void => {
    const [first = '', second = ''] = frame.args
    switch (frame.op) {
      case 'CONNECT': {
        const options = parse(first)
        this.#self ??= this.#open({ kind: 'connect', subject: '', ...noBody, options })
        for (const said of this.#greeting.splice(0)) this.#self?.message('service', said)
        this.#verbose = options['verbose'] === true
        return this.#expectOk(undefined)
      }
      case 'PUB':
      case 'HPUB':
        return this.#publish(frame, first, second)
      case 'SUB':
        return this.#subscribe(frame.args)
      case 'UNSUB': {
        this.#unsubscribe(first, Number(second) || 0)
        return this.#expectOk(undefined)
      }
      case 'PING':
        this.#pings++
        return undefined
      default:
        return undefined
    }
  }

  #publish(frame: NatsFrame, subject: string, reply: string): void {
    const body = { headers: frame.headers.toString('utf8'), body: frame.body, size: frame.size }
    const delivery = deliveryOf(subject)
    const acknowledged = delivery && this.#unacknowledged.get(subject)
    if (delivery && acknowledged) {
      const ack = frame.body.toString('latin1').split(' ')[0] || '+ACK'
      const { stream, sequence } = delivery
      acknowledged.message('client', { type: 'ack', ack, stream, sequence })
      // Work in progress is not the last word.
      if (ack !== '+WPI') this.#unacknowledged.delete(subject)
      if (reply === '') return this.#expectOk(undefined)
    }
    if (isPull(subject)) this.#pull(reply)
    else this.#clock.tick()
    const exchange = this.#open({ kind: 'publish', subject, ...(reply !== '' && { reply }), ...body })
    if (reply !== '' && !isPull(subject) && !this.#requests.has(reply)) {
      this.#requests.set(reply, exchange)
      return this.#expectOk(undefined)
    }
    if (this.#verbose) return this.#expectOk(exchange)
    exchange?.close('complete')
  }

  /** What it brings belongs to the subscription that it names. */
  #pull(reply: string): void {
    if (!this.#timed) return
    const subscription = [...this.#subscriptions.values()].find(({ subject }) => subjectMatches(subject, reply))
    subscription?.exchange?.message('client', { type: 'pull' })
  }

  #subscribe(args: readonly string[]): void {
    const [subject = ''] = args
    const sid = args.at(-1) ?? ''
    const queue = args.length > 2 ? args[1] : undefined
    const exchange = this.#open({ kind: 'subscribe', subject, ...(queue !== undefined && { queue }), ...noBody })
    this.#subscriptions.get(sid)?.exchange?.close('complete')
    this.#subscriptions.set(sid, {
      subject,
      exchange,
      since: this.#clock.now,
      delivered: 0,
      max: never,
      lastPong: never,
    })
    this.#expectOk(undefined)
  }

  #unsubscribe(sid: string, max: number): void {
    const subscription = this.#subscriptions.get(sid)
    if (!subscription) return
    if (max > subscription.delivered) subscription.max = max
    else subscription.lastPong = this.#pings + 1
  }

  /** The server has read everything that came before the PING that this answers. */
  #ponged(): void {
    this.#pongs++
    for (const [sid, { exchange, lastPong }] of this.#subscriptions) {
      if (lastPong > this.#pongs) continue
      this.#subscriptions.delete(sid)
      exchange?.close('complete')
    }
  }

  readonly #said = (frame: NatsFrame): void => {
    switch (frame.op) {
      case 'INFO': {
        const info: NatsReply = { type: 'info', info: parse(frame.args[0] ?? '') }
        if (this.#self) this.#self.message('service', info)
        else this.#greeting.push(info)
        return
      }
      case 'MSG':
      case 'HMSG':
        return this.#deliver(frame)
      case '+OK': {
        const exchange = this.#waiting.shift()
        exchange?.message('service', { type: 'ok' })
        exchange?.close('complete')
        return
      }
      case 'PONG':
        return this.#ponged()
      case '-ERR':
        return this.#failed((frame.args[0] ?? '').replace(/^'(.*)'$/, '$1'))
      default:
    }
  }

  #deliver({ args, headers, body, size }: NatsFrame): void {
    const [subject = '', sid = '', reply] = args
    const message: NatsMessage = {
      type: 'message',
      subject,
      ...(reply !== undefined && { reply }),
      headers: headers.toString('utf8'),
      body,
      size,
    }
    const subscription = this.#subscriptions.get(sid)
    if (this.#requests.has(subject)) {
      const asked = this.#requests.get(subject)
      this.#requests.delete(subject)
      asked?.message('service', message)
      asked?.close('complete')
    } else subscription?.exchange?.message('service', this.#whenever(message, subscription))
    if (reply !== undefined && deliveryOf(reply) && this.#unacknowledged.size < maxUnacknowledged)
      this.#unacknowledged.set(reply, subscription?.exchange)
    if (!subscription || ++subscription.delivered < subscription.max) return
    this.#subscriptions.delete(sid)
    subscription.exchange?.close('complete')
  }

  #whenever(message: NatsMessage, { since }: Subscription): NatsMessage {
    return this.#timed ? { ...message, after: this.#clock.now - since } : message
  }

  #failed(message: string): void {
    const exchange = this.#verbose ? this.#waiting.shift() : undefined
    ;(exchange ?? this.#connection()).message('service', { type: 'error', message })
    exchange?.close('complete')
  }

  #expectOk(exchange: Exchange): void {
    if (this.#verbose) this.#waiting.push(exchange)
  }

  #connection(): OpenExchange<NatsReply> {
    this.#self ??= this.#open({ kind: 'connect', subject: '', ...noBody })
    for (const said of this.#greeting.splice(0)) this.#self?.message('service', said)
    return this.#self ?? silent
  }

  #open(question: Omit<NatsQuestion, 'session'>): Exchange {
    return this.#recorder?.open({ ...question, session: this.id })
  }

  #wake(): void {
    for (const resolve of this.#whole.splice(0)) resolve()
  }
}

const never = Number.POSITIVE_INFINITY
const noBody = { headers: '', body: Buffer.alloc(0), size: 0 }
const silent: OpenExchange<NatsReply> = { message: () => {}, close: () => {} }

function parse(text: string): JsonObject {
  try {
    const value = JSON.parse(text) as Json
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject
  } catch {
    // The server will say what it thinks of it.
  }
  return {}
}
