/** Reads a body that may have been cut short by the scanner: what is missing reads as empty. */
export class BodyReader {
  readonly #body: Buffer
  at: number

  constructor(body: Buffer, at = 0) {
    this.#body = body
    this.at = at
  }

  get done(): boolean {
    return this.at >= this.#body.length
  }

  get left(): number {
    return Math.max(0, this.#body.length - this.at)
  }

  byte(): number {
    return this.#body[this.at++] ?? 0
  }

  int16(): number {
    return this.byte() | (this.byte() << 8)
  }

  int24(): number {
    return this.int16() | (this.byte() << 16)
  }

  int32(): number {
    return (this.int24() | (this.byte() << 24)) >>> 0
  }

  int64(): bigint {
    const low = this.int32()
    return (BigInt(this.int32()) << 32n) | BigInt(low)
  }

  /** An integer of one to nine bytes; `null` stands for NULL. */
  length(): number | null {
    const value = this.bigLength()
    return value === null ? null : Number(value)
  }

  /** The same, without loss. */
  bigLength(): bigint | null {
    const first = this.byte()
    if (first < 0xfb) return BigInt(first)
    if (first === 0xfb) return null
    if (first === 0xfc) return BigInt(this.int16())
    return first === 0xfd ? BigInt(this.int24()) : this.int64()
  }

  bytes(length: number): Buffer {
    const part = this.#body.subarray(this.at, this.at + length)
    this.at += length
    return part
  }

  rest(): Buffer {
    return this.bytes(this.left)
  }

  /** Bytes after their length; `null` stands for NULL. */
  lengthBytes(): Buffer | null {
    const length = this.length()
    return length === null ? null : this.bytes(length)
  }

  lengthText(): string {
    return this.lengthBytes()?.toString('utf8') ?? ''
  }

  /** A text that ends with a zero byte. */
  text(): string {
    return this.zeroBytes().toString('utf8')
  }

  zeroBytes(): Buffer {
    const zero = this.#body.indexOf(0, this.at)
    const end = zero < 0 ? this.#body.length : zero
    const part = this.#body.subarray(this.at, end)
    this.at = end + 1
    return part
  }
}
