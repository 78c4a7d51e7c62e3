import type { Scanned, Scanner } from '../../core/scanner.ts'

/** A whole control packet of either direction. */
export interface MqttFrame {
  /** 1 to 15. */
  readonly type: number
  /** The low four bits of the first byte. */
  readonly flags: number
  /** What follows the fixed header, or the beginning of it. */
  readonly body: Buffer
  /** Of the whole body, bytes. */
  readonly size: number
}

/** Finds control packets in a stream that comes in any chunks. */
export class MqttScanner implements Scanner<MqttFrame> {
  readonly #keep: number
  /** First byte, -1 between two packets. */
  #first = -1
  #size = 0
  #sizeBytes = 0
  #sized = false
  #left = 0
  #parts: Buffer[] = []
  #kept = 0

  /** @param keep - Of a packet, bytes (default 1 MiB). */
  constructor(keep: number = 1 << 20) {
    this.#keep = keep
  }

  get atBoundary(): boolean {
    return this.#first < 0
  }

  next(chunk: Buffer, from: number): Scanned<MqttFrame> | undefined {
    let at = from
    while (at < chunk.length && !this.#sized) this.#header(chunk[at++]!)
    if (!this.#sized) return undefined
    const end = Math.min(chunk.length, at + this.#left)
    const wanted = Math.min(end - at, this.#keep - this.#kept)
    if (wanted > 0) {
      this.#parts.push(chunk.subarray(at, at + wanted))
      this.#kept += wanted
    }
    this.#left -= end - at
    return this.#left > 0 ? undefined : { frame: this.#finish(), end }
  }

  #header(byte: number): void {
    if (this.#first < 0) {
      if (byte >> 4 === 0) throw new RangeError(`no packet begins with byte ${byte}`)
      this.#first = byte
      return
    }
    this.#size += (byte & 0x7f) * 128 ** this.#sizeBytes++
    if (byte & 0x80) {
      if (this.#sizeBytes === 4) throw new RangeError('a length of more than four bytes')
      return
    }
    this.#sized = true
    this.#left = this.#size
  }

  #finish(): MqttFrame {
    const frame = {
      type: this.#first >> 4,
      flags: this.#first & 0x0f,
      body: Buffer.concat(this.#parts.splice(0), this.#kept),
      size: this.#size,
    }
    this.#first = -1
    this.#size = 0
    this.#sizeBytes = 0
    this.#sized = false
    this.#kept = 0
    return frame
  }
}
