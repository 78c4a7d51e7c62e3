/** Reads values one after the other. @throws RangeError when there are fewer bytes than it takes */
export class ByteReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length
  }

  get at(): number {
    return this.#at
  }

  take(count: number): Buffer {
    const from = this.#at
    if (count > this.#bytes.length - from) throw new RangeError('a value longer than its frame')
    this.#at = from + count
    return this.#bytes.subarray(from, this.#at)
  }

  octet(): number {
    return this.take(1).readUInt8()
  }

  short(): number {
    return this.take(2).readUInt16BE()
  }

  long(): number {
    return this.take(4).readUInt32BE()
  }

  /** Counted exactly; no server counts as far as numbers reach. */
  longlong(): number {
    const value = this.take(8).readBigUInt64BE()
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError('a number larger than any that is counted to')
    return Number(value)
  }

  shortstr(): string {
    return this.take(this.octet()).toString('utf8')
  }

  longstr(): Buffer {
    return this.take(this.long())
  }
}
