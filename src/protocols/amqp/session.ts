import { AskedClock } from '../../core/asked-clock.ts'
import type { Sender } from '../../core/exchange.ts'
import { follow, type Follower } from '../../core/follower.ts'
import type { JsonObject } from '../../core/json.ts'
import type { FailureKind } from '../../core/protocol.ts'
import type { OpenExchange, Recorder } from '../../core/recorder.ts'
import { type AmqpUnit, Assembler } from './assembler.ts'
import { AmqpChannel, type Exchange } from './channel.ts'
import { textOf } from './describe.ts'
import type { AmqpQuestion, AmqpReply } from './message.ts'
import { type AmqpFrame, AmqpScanner } from './scanner.ts'

const tlsHandshake = 0x16
const empty = Buffer.alloc(0)
const silent: OpenExchange<AmqpReply> = { message: () => {}, close: () => {} }
let sessions = 0

/** Follows one connection beside the stream, as the client sees it. */
export class AmqpSession implements Follower {
  readonly id: number = ++sessions
  readonly #recorder: Recorder<AmqpQuestion, AmqpReply> | undefined
  readonly #clock: AskedClock
  readonly #scanners: Readonly<Record<Sender, AmqpScanner>>
  readonly #assemblers: Readonly<Record<Sender, Assembler>>
  readonly #channels = new Map<number, AmqpChannel>()
  readonly #whole: Record<Sender, (() => void)[]> = { client: [], service: [] }
  /** What is known before the virtual host is. */
  #fields: JsonObject = {}
  #greeting: AmqpReply[] = []
  #self: Exchange
  #frameMax = 0
  #opened = false
  /** One side has said that it is over, so that its end is no failure. */
  #leaving = false
  #lost = false
  #ended = false

  /** @param clock - Shared by the connections of one wire, to tell the order of what they do. */
  constructor(recorder?: Recorder<AmqpQuestion, AmqpReply>, clock: AskedClock = new AskedClock()) {
    const { keepBytes } = recorder ?? {}
    this.#recorder = recorder
    this.#clock = clock
    this.#scanners = { client: new AmqpScanner(keepBytes), service: new AmqpScanner(keepBytes) }
    this.#assemblers = { client: new Assembler(keepBytes), service: new Assembler(keepBytes) }
  }

  get lost(): boolean {
    return this.#lost
  }

  /** The client has named its virtual host. */
  get opened(): boolean {
    return this.#opened
  }

  /** The largest frame that both sides take; 0: there is no limit. */
  get frameMax(): number {
    return this.#frameMax
  }

  /** Whether the client wants to hear that the broker takes no messages. */
  get hearsBlocked(): boolean {
    const properties = this.#fields['client'] as JsonObject | undefined
    return (properties?.['capabilities'] as JsonObject | undefined)?.['connection.blocked'] === true
  }

  /** One side has said that it is over. */
  get leaving(): boolean {
    return this.#leaving
  }

  /** Whether the broker may send what the client has not just asked for: it consumes, or it has not come that far. */
  get mayPush(): boolean {
    return !this.#opened || this.#channels.values().some(({ consuming }) => consuming)
  }

  /** Channels that can be used now, by number. */
  get openChannels(): readonly (readonly [number, AmqpChannel])[] {
    return [...this.#channels].filter(([, channel]) => channel.usable)
  }

  /** A channel as the client sees it. */
  channel(number: number): AmqpChannel {
    let channel = this.#channels.get(number)
    if (!channel) {
      channel = new AmqpChannel({
        open: (asked) => this.#recorder?.open({ ...asked, session: this.id, channel: number }),
        clock: this.#clock,
        timed: this.#recorder?.keepBytes !== undefined,
      })
      this.#channels.set(number, channel)
    }
    return channel
  }

  atBoundary(from: Sender): boolean {
    return this.#scanners[from].atBoundary && !this.#assemblers[from].midway
  }

  /** With `once`, it stops where a method has come with all its content, and no other is on its way. */
  take(from: Sender, chunk: Buffer, once = false): number {
    if (this.#lost) return chunk.length
    if (from === 'client' && chunk[0] === tlsHandshake && this.atBoundary('client')) {
      this.#lost = true
      this.end('malformed', 'the client speaks TLS to an address that does not')
      return chunk.length
    }
    const see = (frame: AmqpFrame): void => {
      const unit = this.#assemblers[from].take(frame)
      if (unit) this.#see(from, unit)
    }
    let taken = 0
    do {
      taken += follow(this.#scanners[from], chunk.subarray(taken), once, see, (reason) => {
        this.#lost = true
        this.end('malformed', reason)
      })
    } while (taken < chunk.length && !this.#lost && !this.atBoundary(from))
    if (this.#lost) for (const side of ['client', 'service'] as const) this.#wake(side)
    else if (this.atBoundary(from)) this.#wake(from)
    return taken
  }

  /** Resolves when what `from` has sent ends with a whole method, so that something may be added. */
  async whole(from: Sender): Promise<void> {
    while (!this.atBoundary(from) && !this.#lost && !this.#ended)
      await new Promise<void>((resolve) => void this.#whole[from].push(resolve))
  }

  end(failure?: FailureKind, message = ''): void {
    if (this.#ended) return
    this.#ended = true
    const failed = this.#leaving && failure === 'reset' ? undefined : failure
    const reply: AmqpReply | undefined = failed && { type: 'failure', failure: failed, message }
    for (const channel of this.#channels.values()) channel.end(reply)
    this.#channels.clear()
    if (reply) this.#connection().message('service', reply)
    this.#self?.close('complete')
    for (const side of ['client', 'service'] as const) this.#wake(side)
  }

  #see(from: Sender, unit: AmqpUnit): void {
    if (this.#ended) return
    if (unit.name === 'connection.close') this.#leaving = true
    if (unit.name.startsWith('connection.')) return from === 'client' ? this.#asks(unit) : this.#says(unit)
    const channel = this.channel(unit.channel)
    if (from === 'client') channel.asked(unit)
    else channel.said(unit)
    if (unit.name === 'channel.close-ok' || channel.closed) this.#channels.delete(unit.channel)
  }

  #asks({ name, fields }: AmqpUnit): void {
    switch (name) {
      case 'connection.start-ok': {
        // Only the name: passwords are nobody's business.
        const [, user] = textOf(fields, 'response').split('\0')
        const mechanism = textOf(fields, 'mechanism')
        this.#fields = {
          mechanism,
          ...(mechanism === 'PLAIN' && user !== undefined && { user }),
          client: fields['clientProperties'] ?? {},
        }
        return
      }
      case 'connection.tune-ok':
        this.#frameMax = Number(fields['frameMax'])
        return
      case 'connection.open':
        this.#fields = { vhost: textOf(fields, 'vhost'), ...this.#fields }
        this.#connection()
        this.#opened = true
        return
      default:
    }
  }

  #says({ name, fields }: AmqpUnit): void {
    switch (name) {
      case 'connection.start':
        return void this.#greeting.push({ type: 'ok', name, fields: { server: fields['serverProperties'] ?? {} } })
      case 'connection.open-ok':
        return this.#connection().message('service', { type: 'ok', name, fields: {} })
      case 'connection.blocked':
        return this.#connection().message('service', { type: 'blocked', reason: textOf(fields, 'reason') })
      case 'connection.unblocked':
        return this.#connection().message('service', { type: 'unblocked' })
      case 'connection.close': {
        const reply: AmqpReply = {
          type: 'closed',
          what: 'connection',
          code: Number(fields['code']),
          text: textOf(fields, 'text'),
        }
        for (const channel of this.#channels.values()) channel.end(reply)
        this.#channels.clear()
        return this.#connection().message('service', reply)
      }
      default:
    }
  }

  #connection(): OpenExchange<AmqpReply> {
    this.#self ??= this.#recorder?.open({
      kind: 'connect',
      session: this.id,
      channel: 0,
      name: 'connection.open',
      fields: this.#fields,
      body: empty,
      size: 0,
    })
    for (const said of this.#greeting.splice(0)) this.#self?.message('service', said)
    return this.#self ?? silent
  }

  #wake(side: Sender): void {
    for (const resolve of this.#whole[side].splice(0)) resolve()
  }
}
