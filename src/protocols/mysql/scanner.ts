import type { Scanned, Scanner } from '../../core/scanner.ts'
import { largestPacket } from './encode.ts'

/** A whole message of either direction, put together from its packets. */
export interface MysqlFrame {
  /** Number of its last packet. */
  readonly sequence: number
  /** As much of it as was wanted. */
  readonly body: Buffer
  readonly size: number
}

const headerSize = 4
const nothing = Buffer.alloc(0)

/** Finds the messages in one direction of a stream that comes in any chunks, without copying what is whole. */
export class PacketScanner implements Scanner<MysqlFrame> {
  readonly #keep: () => number
  readonly #header = Buffer.alloc(headerSize)
  #headerBytes = 0
  /** Of the packet under way. */
  #left = 0
  #goesOn = false
  #begun = false
  #size = 0
  #parts: Buffer[] = []
  #kept = 0
  #wanted = 0

  /** @param keep - Asked at the beginning of each message, how many of its bytes are wanted (default all). */
  constructor(keep: () => number = () => Number.POSITIVE_INFINITY) {
    this.#keep = keep
  }

  get atBoundary(): boolean {
    return !this.#begun
  }

  next(chunk: Buffer, from: number): Scanned<MysqlFrame> | undefined {
    if (!this.#begun) {
      const whole = this.#whole(chunk, from)
      if (whole) return whole
    }
    let at = from
    while (at < chunk.length || (this.#headerBytes === headerSize && this.#left === 0)) {
      if (this.#headerBytes < headerSize) {
        at += this.#takeHeader(chunk, at)
        continue
      }
      at += this.#takeBody(chunk, at)
      if (this.#left > 0) break
      this.#headerBytes = 0
      if (!this.#goesOn) return { frame: this.#finish(), end: at }
    }
    return undefined
  }

  /** What most messages are: one packet, all there. */
  #whole(chunk: Buffer, from: number): Scanned<MysqlFrame> | undefined {
    const start = from + headerSize
    if (start > chunk.length) return undefined
    const size = chunk[from]! | (chunk[from + 1]! << 8) | (chunk[from + 2]! << 16)
    const end = start + size
    if (end > chunk.length || size === largestPacket) return undefined
    const kept = Math.min(size, this.#keep())
    return { frame: { sequence: chunk[from + 3]!, body: chunk.subarray(start, start + kept), size }, end }
  }

  #takeHeader(chunk: Buffer, at: number): number {
    if (!this.#begun) {
      this.#begun = true
      this.#wanted = this.#keep()
    }
    const taken = chunk.copy(this.#header, this.#headerBytes, at, at + headerSize - this.#headerBytes)
    this.#headerBytes += taken
    if (this.#headerBytes < headerSize) return taken
    this.#left = this.#header.readUIntLE(0, 3)
    this.#goesOn = this.#left === largestPacket
    this.#size += this.#left
    return taken
  }

  #takeBody(chunk: Buffer, at: number): number {
    const taken = Math.min(chunk.length - at, this.#left)
    const wanted = Math.min(taken, this.#wanted - this.#kept)
    if (wanted > 0) {
      this.#parts.push(chunk.subarray(at, at + wanted))
      this.#kept += wanted
    }
    this.#left -= taken
    return taken
  }

  #finish(): MysqlFrame {
    const [only = nothing] = this.#parts
    const body = this.#parts.length < 2 ? only : Buffer.concat(this.#parts, this.#kept)
    const frame = { sequence: this.#header[3]!, body, size: this.#size }
    this.#begun = false
    this.#size = 0
    this.#parts = []
    this.#kept = 0
    return frame
  }
}
