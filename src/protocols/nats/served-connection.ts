import type { Duplex } from 'node:stream'
import { askNow, type NextReply } from '../../core/ask-now.ts'
import type { AskedClock } from '../../core/asked-clock.ts'
import { type Channel, channel } from '../../core/channel.ts'
import { resetConnection } from '../../core/duplex-lane.ts'
import { notKept } from '../../core/not-kept.ts'
import type { Peer } from '../../core/peer.ts'
import { refusalText } from '../../core/refusal-text.ts'
import { encodeFrame, errorLine } from './encode.ts'
import { deliveryOf, isPull } from './jetstream.ts'
import type { NatsMessage, NatsQuestion, NatsReply } from './message.ts'
import type { NatsFrame } from './scanner.ts'
import { subjectMatches } from './subject-matches.ts'

/** Whom a connection serves. */
export interface ServedConnectionOptions {
  readonly client: Duplex
  readonly peer: Peer<NatsQuestion, NatsReply>
  readonly clock: AskedClock
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal
}

interface Subscription {
  readonly sid: string
  readonly subject: string
  /** What the client says of what it is brought. */
  readonly incoming: Channel<NatsReply>
  delivered: number
  max: number
}

let sessions = 0

/** One connection to a server that is not there. */
export class ServedConnection {
  readonly #options: ServedConnectionOptions
  readonly #id = ++sessions
  readonly #subscriptions = new Map<string, Subscription>()
  /** Deliveries of JetStream by where they are acknowledged. */
  readonly #unacknowledged = new Map<string, Subscription>()
  #verbose = false

  constructor(options: ServedConnectionOptions) {
    this.#options = options
  }

  /** An operation of the client. */
  take(frame: NatsFrame): void {
    const [first = '', second = ''] = frame.args
    switch (frame.op) {
      case 'CONNECT':
        this.#verbose = /"verbose"\s*:\s*true/.test(first)
        return this.#accept()
      case 'PING':
        // Deliveries that have been caused before go first.
        setImmediate(() => this.#write(Buffer.from('PONG\r\n')))
        return
      case 'PUB':
      case 'HPUB':
        return this.#publish(frame, first, second)
      case 'SUB':
        return this.#subscribe(frame.args)
      case 'UNSUB': {
        const subscription = this.#subscriptions.get(first)
        if (subscription) subscription.max = Number(second) || 0
        if (subscription && subscription.delivered >= subscription.max) this.#subscriptions.delete(first)
        return this.#accept()
      }
      default:
    }
  }

  #publish(frame: NatsFrame, subject: string, reply: string): void {
    this.#accept()
    if (this.#acknowledge(frame, subject) && reply === '') return
    const { client, peer, clock, signal } = this.#options
    const asked = {
      ...this.#question('publish', subject),
      headers: frame.headers.toString('utf8'),
      body: frame.body,
      size: frame.size,
      ...(reply !== '' && { reply }),
    }
    if (isPull(subject)) this.#match(reply)?.incoming.push({ type: 'pull' })
    else clock.tick()
    const next = askNow(client, peer, asked, signal)
    void this.#answer(next, `Publish to "${subject}"`, (message) => {
      const subscription = this.#match(reply)
      if (subscription) this.#deliver(subscription, { ...message, subject: reply })
    })
  }

  /** @returns Whether it was one that is waited for. */
  #acknowledge(frame: NatsFrame, subject: string): boolean {
    const delivery = deliveryOf(subject)
    const subscription = delivery && this.#unacknowledged.get(subject)
    if (!delivery || !subscription) return false
    const ack = frame.body.toString('latin1').split(' ')[0] || '+ACK'
    const { stream, sequence } = delivery
    subscription.incoming.push({ type: 'ack', ack, stream, sequence })
    if (ack !== '+WPI') this.#unacknowledged.delete(subject)
    return true
  }

  #subscribe(args: readonly string[]): void {
    this.#accept()
    const [subject = ''] = args
    const sid = args.at(-1) ?? ''
    const incoming = channel<NatsReply>()
    const subscription = { sid, subject, incoming, delivered: 0, max: Number.POSITIVE_INFINITY }
    this.#subscriptions.set(sid, subscription)
    // Where answers to requests go, which are parts of the requests.
    if (/^_INBOX\..*\*$/.test(subject)) return
    const { client, peer, clock, signal } = this.#options
    const queue = args.length > 2 ? args[1] : undefined
    const asked = { ...this.#question('subscribe', subject), incoming, ...(queue !== undefined && { queue }) }
    const since = clock.now
    const next = askNow(client, peer, asked, signal)
    void this.#answer(next, `Subscription to "${subject}"`, async (message) => {
      await clock.reached(since + (message.after ?? 0))
      if (this.#subscriptions.get(sid) !== subscription || signal.aborted) return
      // An inbox has another name each time.
      const own = message.subject.startsWith('_INBOX.') ? { ...message, subject } : message
      if (own.reply !== undefined && deliveryOf(own.reply)) this.#unacknowledged.set(own.reply, subscription)
      this.#deliver(subscription, own)
    })
  }

  async #answer(
    next: NextReply<NatsReply>,
    what: string,
    deliver: (message: NatsMessage) => void | Promise<void>,
  ): Promise<void> {
    const { client, signal } = this.#options
    try {
      for (let { done, value } = await next(); !done; { done, value } = await next()) {
        if (value.type === 'failure') return resetConnection(client)
        if (value.type === 'error') this.#write(errorLine(value.message))
        if (value.type !== 'message') continue
        if (value.body.length < value.size) throw notKept(`a message of ${value.size} bytes was too large to be kept`)
        await deliver(value)
      }
    } catch (error) {
      // The one error after which a client goes on, and by which it knows what was refused.
      if (!signal.aborted) this.#write(errorLine(`Permissions Violation for ${what}: ${refusalText(error as Error)}`))
    }
  }

  #deliver(subscription: Subscription, { subject, reply, headers, body }: NatsMessage): void {
    const args = [subject, subscription.sid, ...(reply === undefined ? [] : [reply])]
    const op = headers === '' ? 'MSG' : 'HMSG'
    this.#write(encodeFrame({ op, args, headers: Buffer.from(headers), body: Buffer.from(body) }))
    if (++subscription.delivered >= subscription.max) this.#subscriptions.delete(subscription.sid)
  }

  #match(subject: string): Subscription | undefined {
    return [...this.#subscriptions.values()].find((each) => subjectMatches(each.subject, subject))
  }

  #question(kind: NatsQuestion['kind'], subject: string): NatsQuestion {
    return { kind, session: this.#id, subject, headers: '', body: Buffer.alloc(0), size: 0 }
  }

  /** In verbose mode each operation is answered. */
  #accept(): void {
    if (this.#verbose) this.#write(Buffer.from('+OK\r\n'))
  }

  #write(bytes: Buffer): void {
    if (!this.#options.client.writableEnded) this.#options.client.write(bytes)
  }
}
