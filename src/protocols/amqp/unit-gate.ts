import type { Gate } from '../../core/carry.ts'
import type { Sender } from '../../core/exchange.ts'
import { FrameGate } from '../../core/frame-gate.ts'
import type { Lane } from '../../core/lane.ts'
import { type AmqpUnit, Assembler } from './assembler.ts'
import { type AmqpFrame, AmqpScanner } from './scanner.ts'
import type { AmqpSession } from './session.ts'
import { frameTypes } from './types.ts'

/** What a gate works with. */
export interface UnitGateOptions {
  readonly from: Sender
  readonly session: AmqpSession
  /** Where this direction goes. */
  readonly lane: Lane
  readonly watching: () => boolean
  /** Decides what becomes of a method with all its content; `bytes` are its frames, one after the other. */
  readonly handle: (unit: AmqpUnit, bytes: Buffer) => Promise<void> | undefined
}

const everything = Number.POSITIVE_INFINITY

/** Holds the frames of one direction back until a method is there with all its content. */
export class UnitGate implements Gate {
  readonly #options: UnitGateOptions
  readonly #gate: FrameGate<AmqpFrame>
  readonly #assembler = new Assembler(everything)
  /** Frames of contents that are not whole yet, by channel. */
  readonly #held = new Map<number, Buffer[]>()
  /** Frames came that cannot be understood; all are let through. */
  #confused = false

  constructor(options: UnitGateOptions) {
    const { from, session, lane, watching } = options
    this.#options = options
    this.#gate = new FrameGate({
      from,
      follower: session,
      scanner: () => new AmqpScanner(everything),
      lane,
      watching,
      handle: (frame, bytes) => this.#frame(frame, bytes),
      release: () => this.#letGo(),
    })
  }

  get active(): boolean {
    return this.#gate.active
  }

  /** As that of {@link FrameGate}. */
  get pending(): number {
    return this.#gate.pending
  }

  set pending(count: number) {
    this.#gate.pending = count
  }

  push(chunk: Buffer): Promise<void> {
    return this.#gate.push(chunk)
  }

  /** What has only begun goes on as it is. */
  async finish(): Promise<void> {
    await this.#gate.push(Buffer.alloc(0))
    await this.#letGo()
    await this.#gate.finish()
  }

  /** Shows bytes to the session and sends them on. */
  pass(bytes: Buffer): Promise<void> | undefined {
    return this.#gate.pass(bytes)
  }

  #frame(frame: AmqpFrame, bytes: Buffer): Promise<void> | undefined {
    const { type, channel } = frame
    // No frame, but how a connection begins: behind half a message it says that the stream is broken.
    if (type === 0 && this.#held.size > 0) return this.#giveUp(bytes)
    if (this.#confused || type === frameTypes.heartbeat || type === 0) return this.pass(bytes)
    let unit: AmqpUnit | undefined
    try {
      unit = this.#assembler.take(frame)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      return this.#giveUp(bytes)
    }
    const held = this.#held.get(channel) ?? []
    if (!unit) {
      if (held.push(bytes) === 1) {
        this.#held.set(channel, held)
        this.pending++
      }
      return undefined
    }
    if (this.#held.delete(channel)) this.pending--
    return this.#options.handle(unit, Buffer.concat([...held, bytes]))
  }

  /** What cannot be understood goes on behind what was held back, and so does all that follows. */
  async #giveUp(bytes: Buffer): Promise<void> {
    this.#confused = true
    await this.#letGo()
    await this.pass(bytes)
  }

  async #letGo(): Promise<void> {
    const parts = [...this.#held.values()].flat()
    this.pending -= this.#held.size
    this.#held.clear()
    if (parts.length > 0) await this.pass(Buffer.concat(parts))
  }
}
