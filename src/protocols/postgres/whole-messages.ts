/** A typed message with its header. */
export interface WholeMessage {
  readonly type: number
  readonly bytes: Buffer
}

const headerSize = 5
const maxSize = 0x40000000
const nothing = Buffer.alloc(0)

/** Puts chunks together until they end with whole messages. */
export class WholeMessages {
  #parts: Buffer[] = []
  #have = 0
  /** How many bytes are needed before looking again is worth it. */
  #need = headerSize

  /** Whole messages one after the other, perhaps none. @throws RangeError for a length that no message can have */
  push(chunk: Buffer): Buffer {
    this.#parts.push(chunk)
    this.#have += chunk.length
    if (this.#have < this.#need) return nothing
    const bytes = this.#parts.length === 1 ? chunk : Buffer.concat(this.#parts, this.#have)
    let at = 0
    this.#need = headerSize
    while (bytes.length - at >= headerSize) {
      const length = messageLength(bytes, at)
      if (bytes.length - at < length) {
        this.#need = length
        break
      }
      at += length
    }
    this.#parts = at < bytes.length ? [bytes.subarray(at)] : []
    this.#have = bytes.length - at
    return bytes.subarray(0, at)
  }
}

/** Goes through whole messages. */
export function* messagesIn(bytes: Buffer): Generator<WholeMessage> {
  for (let at = 0; at < bytes.length;) {
    const end = at + messageLength(bytes, at)
    yield { type: bytes[at]!, bytes: bytes.subarray(at, end) }
    at = end
  }
}

function messageLength(bytes: Buffer, at: number): number {
  const size = bytes.readUInt32BE(at + 1)
  if (size < 4 || size > maxSize) throw new RangeError(`a message cannot have ${size} bytes`)
  return size + 1
}
