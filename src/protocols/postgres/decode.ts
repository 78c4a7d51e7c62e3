// Up to here it is faster to look at each byte than to call what searches.
const shortText = 32

/** Reads a body that may have been cut short by the scanner: what is missing reads as empty. */
export class BodyReader {
  readonly #body: Buffer
  readonly #end: number
  #at: number

  /** @param body - Or the chunk in which it stands from `at` to `end`. */
  constructor(body: Buffer, at = 0, end: number = body.length) {
    this.#body = body
    this.#at = at
    this.#end = end
  }

  get done(): boolean {
    return this.#at >= this.#end
  }

  /** Bytes that are still to be read. */
  get left(): number {
    return this.#end - this.#at
  }

  byte(): number {
    return this.#at < this.#end ? this.#body[this.#at++]! : 0
  }

  int16(): number {
    return ((this.byte() << 8) | this.byte()) & 0xffff
  }

  int32(): number {
    return (this.byte() << 24) | (this.byte() << 16) | (this.byte() << 8) | this.byte()
  }

  text(): string {
    // An empty text is what most names are.
    if (this.#body[this.#at] === 0) {
      this.#at++
      return ''
    }
    const end = this.#textEnd()
    const text = this.#body.toString('utf8', this.#at, end)
    this.#at = end + 1
    return text
  }

  #textEnd(): number {
    const near = Math.min(this.#at + shortText, this.#end)
    for (let at = this.#at; at < near; at++) if (this.#body[at] === 0) return at
    if (near === this.#end) return near
    const zero = this.#body.indexOf(0, near)
    return zero < 0 ? this.#end : Math.min(zero, this.#end)
  }

  bytes(length: number): Buffer {
    const part = this.#body.subarray(this.#at, Math.min(this.#at + length, this.#end))
    this.#at += length
    return part
  }

  /** So many bytes as text, without a copy of them. */
  string(length: number, encoding: 'utf8' | 'hex'): string {
    const text = this.#body.toString(encoding, this.#at, Math.min(this.#at + length, this.#end))
    this.#at += length
    return text
  }
}

/** Fields of an ErrorResponse or NoticeResponse by their letter: `C` is the SQLSTATE, `M` the message. */
export function readFields(body: Buffer): Record<string, string> {
  const reader = new BodyReader(body)
  const fields: Record<string, string> = {}
  while (!reader.done) {
    const letter = reader.byte()
    if (letter === 0) break
    fields[String.fromCharCode(letter)] = reader.text()
  }
  return fields
}

/** The parameters of a start-up message, after its code. */
export function readStartup(body: Buffer): Map<string, string> {
  const reader = new BodyReader(body)
  const parameters = new Map<string, string>()
  while (!reader.done) {
    const name = reader.text()
    if (name === '') break
    parameters.set(name, reader.text())
  }
  return parameters
}

/** A parameter as it was bound: text as such, binary as `\x` and hexadecimal digits, or null. */
export type Parameter = string | null

/**
 * The parameters of a Bind message.
 *
 * @param reader - At its beginning.
 * @param missing - How much of it was not kept, bytes; values beyond that are shown as `…`.
 */
export function readParameters(reader: BodyReader, missing: number): Parameter[] {
  reader.text()
  reader.text()
  const formats = readFormats(reader)
  const count = reader.int16()
  const values: Parameter[] = []
  for (let i = 0; i < count; i++) {
    if (reader.done) {
      // A cut body has lost the rest; a whole one cannot end here.
      if (missing > 0) values.push('…')
      break
    }
    const length = reader.int32()
    if (length < 0) {
      values.push(null)
      continue
    }
    const left = reader.left
    const binary = (formats.length === 1 ? formats[0] : formats[i]) === 1
    const value = binary ? `\\x${reader.string(length, 'hex')}` : reader.string(length, 'utf8')
    values.push(left < length ? `${value}…` : value)
  }
  return values
}

/** Formats as Bind messages state them: none for all text, one for all, or one for each value. */
export function readFormats(reader: BodyReader): readonly number[] {
  const count = reader.int16()
  if (count === 0) return allText
  const formats: number[] = []
  for (let i = 0; i < count && !reader.done; i++) formats.push(reader.int16())
  return formats
}

const allText: readonly number[] = []
