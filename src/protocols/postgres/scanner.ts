/**
 * Called for each whole message. What was kept of its body stands in `bytes` from `at` to `end`; `size` is that of the
 * whole body. Slices are for the callee to make, since most messages need none.
 */
export type SeeMessage = (type: number, bytes: Buffer, at: number, end: number, size: number) => void

/** How many bytes of the body are wanted, by type. */
export type KeepTable = Readonly<Float64Array>

const headerSize = 5
// The server itself takes no message of a gigabyte or more.
const maxSize = 0x40000000
const nothing = Buffer.alloc(0)

/** Keeps the bodies of the types that are named, up to so many bytes, and none of the others. */
export function keepTable(wanted: Readonly<Record<number, number>>): KeepTable {
  const table = new Float64Array(256)
  for (const [type, bytes] of Object.entries(wanted)) table[Number(type)] = bytes
  return table
}

/** Finds the typed messages in one direction of a stream that comes in any chunks, without copying what is whole. */
export class MessageScanner {
  readonly #keep: KeepTable
  readonly #see: SeeMessage
  readonly #header = Buffer.alloc(headerSize)
  #headerBytes = 0
  #type = 0
  #size = 0
  #left = 0
  #parts: Buffer[] = []
  #kept = 0

  constructor(keep: KeepTable, see: SeeMessage) {
    this.#keep = keep
    this.#see = see
  }

  /** True between two messages. */
  get atBoundary(): boolean {
    return this.#headerBytes === 0
  }

  /** How many more bytes certainly belong to the message that is under way: what is left of its header or its body. */
  get owed(): number {
    if (this.#headerBytes === 0) return 0
    return this.#headerBytes < headerSize ? headerSize - this.#headerBytes : this.#left
  }

  /** @throws RangeError for a length that no message can have; what follows cannot be understood any more. */
  push(chunk: Buffer): void {
    const end = chunk.length
    let at = this.#headerBytes === 0 ? 0 : this.#resume(chunk)
    while (end - at >= headerSize) {
      const size = sizeAt(chunk, at + 1)
      const next = at + headerSize + size
      if (next > end) break
      const type = chunk[at]!
      const keep = this.#keep[type]!
      const from = at + headerSize
      this.#see(type, chunk, from, size > keep ? from + keep : next, size)
      at = next
    }
    if (at < end) this.#begin(chunk, at)
  }

  /** Takes what belongs to the message under way and returns where the next one starts. */
  #resume(chunk: Buffer): number {
    let at = 0
    if (this.#headerBytes < headerSize) {
      at = chunk.copy(this.#header, this.#headerBytes, 0, headerSize - this.#headerBytes)
      this.#headerBytes += at
      if (this.#headerBytes < headerSize) return at
      this.#open(this.#header, 0)
    }
    return this.#take(chunk, at)
  }

  #begin(chunk: Buffer, at: number): void {
    this.#headerBytes = chunk.copy(this.#header, 0, at, at + headerSize)
    if (this.#headerBytes < headerSize) return
    this.#open(chunk, at)
    this.#take(chunk, at + headerSize)
  }

  #open(bytes: Buffer, at: number): void {
    this.#type = bytes[at]!
    this.#size = sizeAt(bytes, at + 1)
    this.#left = this.#size
    this.#kept = 0
  }

  #take(chunk: Buffer, from: number): number {
    const to = Math.min(chunk.length, from + this.#left)
    const wanted = Math.min(to - from, this.#keep[this.#type]! - this.#kept)
    if (wanted > 0) {
      this.#parts.push(chunk.subarray(from, from + wanted))
      this.#kept += wanted
    }
    this.#left -= to - from
    if (this.#left > 0) return to
    const [first = nothing] = this.#parts
    const body = this.#parts.length < 2 ? first : Buffer.concat(this.#parts, this.#kept)
    this.#parts = []
    this.#headerBytes = 0
    this.#see(this.#type, body, 0, body.length, this.#size)
    return to
  }
}

/** Size of the body whose length field stands at `at`. */
function sizeAt(bytes: Buffer, at: number): number {
  const size = ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) - 4
  if (size < 0 || size > maxSize) throw new RangeError(`a message cannot have ${size + 4} bytes`)
  return size
}
