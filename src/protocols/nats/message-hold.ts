import type { Carriage, Gates } from '../../core/carry.ts'
import type { Disturbance, Faults, Target } from '../../core/fault.ts'
import { FrameGate } from '../../core/frame-gate.ts'
import { type DeskMessage, MessageDesk } from '../../core/message-desk.ts'
import { ackTarget, deliveryTarget, targetOf } from './describe.ts'
import { encodeFrame, errorLine } from './encode.ts'
import { deliveryOf, notYet, redelivered, settles } from './jetstream.ts'
import { type NatsFrame, NatsScanner } from './scanner.ts'
import type { NatsSession } from './session.ts'

const connecting: Target = { operation: 'CONNECT', effect: false, fingerprint: 'CONNECT' }
const everything = Number.POSITIVE_INFINITY
/** Messages that are never acknowledged must not fill the memory. */
const mostBrought = 10_000
/** Until then a client whose connection is lost has another one, milliseconds. */
const reconnectedMs = 200

/** Lets messages through one by one, both ways, while a fault is armed. */
export class MessageHold {
  readonly #session: NatsSession
  readonly #faults: Faults
  readonly #carriage: Carriage
  readonly #client: FrameGate<NatsFrame>
  readonly #service: FrameGate<NatsFrame>
  readonly #published: MessageDesk
  readonly #delivered: MessageDesk
  /** Subjects of messages by where they are acknowledged. */
  readonly #brought = new Map<string, string>()
  /** Nothing reaches the client any more. */
  #losing = false

  constructor(session: NatsSession, faults: Faults, carriage: Carriage) {
    this.#session = session
    this.#faults = faults
    this.#carriage = carriage
    const { toServer, toClient } = carriage
    const scanner = (): NatsScanner => new NatsScanner(everything)
    this.#client = new FrameGate({
      from: 'client',
      follower: session,
      scanner,
      lane: toServer,
      watching: () => faults.watching,
      handle: (frame, bytes) => this.#asked(frame, bytes),
    })
    this.#service = new FrameGate({
      from: 'service',
      follower: session,
      scanner,
      lane: toClient,
      watching: () => faults.watching || this.#losing,
      handle: (frame, bytes) => this.#said(frame, bytes),
    })
    // The session has seen what the client sent when it sent it, and sees what is brought when it is.
    const { gone } = toServer
    this.#published = new MessageDesk({ send: (bytes) => toServer.write(bytes), gone, gate: this.#client })
    this.#delivered = new MessageDesk({ send: (bytes) => this.#service.pass(bytes), gone, gate: this.#service })
  }

  get gates(): Gates {
    return { client: this.#client, service: this.#service }
  }

  #asked(frame: NatsFrame, bytes: Buffer): Promise<void> | undefined {
    const [subject = ''] = frame.args
    const publishes = frame.op === 'PUB' || frame.op === 'HPUB'
    const connects = frame.op === 'CONNECT'
    if (!publishes && !connects && frame.op !== 'SUB') return this.#client.pass(bytes)
    const brought = publishes && settles(frame.body) ? this.#brought.get(subject) : undefined
    if (brought !== undefined) this.#brought.delete(subject)
    const struck = this.#faults.strike(
      connects
        ? connecting
        : brought === undefined
          ? targetOf(publishes ? 'publish' : 'subscribe', subject)
          : ackTarget(brought),
    )
    this.#session.take('client', bytes)
    if (brought !== undefined && (struck?.do === 'redeliver' || struck?.do === 'cut'))
      return this.#unsettle(frame, struck.do === 'cut')
    if (!publishes) return struck ? this.#disturb(struck, bytes) : this.#carriage.toServer.write(bytes)
    const message: DeskMessage = {
      key: subject,
      bytes,
      body: frame.body,
      again: () => bytes,
      poisoned: (body) => encodeFrame({ ...frame, body: Buffer.from(body) }),
      dropped: () => void this.#pretend(),
    }
    if (!struck) return this.#published.pass(message)
    return this.#published.disturb(struck, message) ? undefined : this.#disturb(struck, bytes)
  }

  #said(frame: NatsFrame, bytes: Buffer): Promise<void> | undefined {
    if (this.#losing) {
      // The server has dealt with all that came before our PING.
      if (frame.op === 'PONG') this.#reset('the answer was lost on its way to the client')
      return undefined
    }
    if (frame.op !== 'MSG' && frame.op !== 'HMSG') return this.#service.pass(bytes)
    const [subject = '', sid = '', reply] = frame.args
    if (reply !== undefined && deliveryOf(reply) && this.#brought.size < mostBrought) this.#brought.set(reply, subject)
    const message: DeskMessage = {
      key: sid,
      bytes,
      body: frame.body,
      again: () => (reply === undefined ? bytes : encodeFrame({ ...frame, args: [subject, sid, redelivered(reply)] })),
      poisoned: (body) => encodeFrame({ ...frame, body: Buffer.from(body) }),
    }
    const struck = this.#faults.strike(deliveryTarget(subject))
    if (!struck) return this.#delivered.pass(message)
    if (this.#delivered.disturb(struck, message)) return undefined
    if (struck.do === 'cut' || struck.do === 'lose') this.#reset('the connection was lost')
    return undefined
  }

  /** The message is to come again: at once, or to whoever is there when the connection is gone. */
  async #unsettle(frame: NatsFrame, isLast: boolean): Promise<void> {
    const { toServer } = this.#carriage
    // Who waits for the server to confirm an acknowledgement would be told that it has it.
    const said = encodeFrame({ ...frame, args: frame.args.slice(0, 1), body: notYet(isLast ? reconnectedMs : 0) })
    if (!isLast) return void (await toServer.write(said))
    await this.#session.whole()
    this.#losing = true
    await toServer.write(Buffer.concat([said, Buffer.from('PING\r\n')]))
  }

  async #disturb(struck: Disturbance, bytes: Buffer): Promise<void> {
    const { toServer, toClient } = this.#carriage
    if (struck.do === 'refuse') {
      await this.#session.whole()
      await this.#service.pass(errorLine(struck.error.message))
      if (struck.error.fatal) toClient.end()
      return
    }
    if (struck.do === 'cut') return this.#reset('the connection was lost before the message reached the server')
    if (struck.do !== 'lose') return void (await toServer.write(bytes))
    await this.#session.whole()
    this.#losing = true
    await toServer.write(Buffer.concat([bytes, Buffer.from('PING\r\n')]))
  }

  /** In verbose mode the client waits for the answer to a message that the server never sees. */
  async #pretend(): Promise<void> {
    if (!this.#session.verbose) return
    await this.#session.whole()
    await this.#service.pass(Buffer.from('+OK\r\n'))
  }

  #reset(reason: string): void {
    this.#session.end('reset', reason)
    this.#carriage.reset()
  }
}
