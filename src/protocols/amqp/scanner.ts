import type { Scanned, Scanner } from '../../core/scanner.ts'
import { frameEnd, frameTypes } from './types.ts'

/** A frame of either direction. */
export interface AmqpFrame {
  /** As in {@link frameTypes}; 0 for the protocol header. */
  readonly type: number
  readonly channel: number
  /** Empty for a body. */
  readonly payload: Buffer
  /** Of a body, the beginning, in the pieces that it came in: putting them together costs a copy. */
  readonly parts: readonly Buffer[]
  /** Of the whole payload, bytes. */
  readonly size: number
}

const types: ReadonlySet<number> = new Set(Object.values(frameTypes))
// A frame of more than that is nothing that a client or a server agrees to.
const maxFrame = 256 * 1024 * 1024
const headSize = 7
const protocolSize = 8
const letterA = 0x41
const nothing = Buffer.alloc(0)
const none: readonly Buffer[] = []

/** Finds frames in a stream that comes in any chunks. */
export class AmqpScanner implements Scanner<AmqpFrame> {
  readonly #keep: number
  #head: Buffer = nothing
  #parts: Buffer[] = []
  #kept = 0
  /** What is left of the frame that has begun, its last byte included; 0: none has. */
  #left = 0

  /** @param keep - Of each body frame, bytes (default 1 MiB). */
  constructor(keep: number = 1 << 20) {
    this.#keep = keep
  }

  get atBoundary(): boolean {
    return this.#left === 0 && this.#head.length === 0
  }

  next(chunk: Buffer, from: number): Scanned<AmqpFrame> | undefined {
    let at = from
    if (this.#left === 0) {
      at = this.#begin(chunk, at)
      if (this.#left === 0) {
        const isProtocol = this.#head.length === protocolSize && this.#head[0] === letterA
        return isProtocol ? { frame: this.#protocol(), end: at } : undefined
      }
    }
    const size = this.#head.readUInt32BE(3)
    const done = size + 1 - this.#left
    const content = Math.min(chunk.length - at, size - done)
    const wanted = Math.min(content, this.#limit() - this.#kept)
    if (wanted > 0) {
      this.#parts.push(chunk.subarray(at, at + wanted))
      this.#kept += wanted
    }
    at += content
    this.#left -= content
    if (this.#left > 1 || at === chunk.length) return undefined
    if (chunk[at] !== frameEnd) throw new RangeError('a frame that does not end where it says')
    this.#left = 0
    return { frame: this.#finish(size), end: at + 1 }
  }

  /** Collects the first bytes of a frame, or a protocol header. */
  #begin(chunk: Buffer, at: number): number {
    const wanted = (this.#head[0] ?? chunk[at]) === letterA ? protocolSize : headSize
    const end = Math.min(chunk.length, at + wanted - this.#head.length)
    this.#head =
      this.#head.length === 0 ? chunk.subarray(at, end) : Buffer.concat([this.#head, chunk.subarray(at, end)])
    if (this.#head.length === 0) return end
    if (wanted === protocolSize) {
      if (this.#head.toString('latin1', 0, 4) !== 'AMQP'.slice(0, Math.min(4, this.#head.length)))
        throw new RangeError('this is no protocol header of AMQP')
      return end
    }
    if (!types.has(this.#head[0]!)) throw new RangeError(`no frame begins with ${this.#head[0]}`)
    if (this.#head.length < headSize) return end
    const size = this.#head.readUInt32BE(3)
    if (size > maxFrame) throw new RangeError('a frame of more than 256 MiB')
    this.#left = size + 1
    return end
  }

  #limit(): number {
    return this.#head[0] === frameTypes.body ? this.#keep : Number.POSITIVE_INFINITY
  }

  #protocol(): AmqpFrame {
    const payload = this.#head
    this.#head = nothing
    return { type: 0, channel: 0, payload, parts: none, size: payload.length }
  }

  #finish(size: number): AmqpFrame {
    const type = this.#head[0]!
    const channel = this.#head.readUInt16BE(1)
    const parts = this.#parts
    const frame: AmqpFrame =
      type === frameTypes.body
        ? { type, channel, payload: nothing, parts, size }
        : { type, channel, payload: parts.length === 1 ? parts[0]! : Buffer.concat(parts), parts: none, size }
    this.#head = nothing
    this.#parts = []
    this.#kept = 0
    return frame
  }
}
