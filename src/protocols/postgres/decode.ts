/** Reads a body that may have been cut short by the scanner: what is missing reads as empty. */
export class BodyReader {
  readonly #body: Buffer
  #at = 0

  constructor(body: Buffer, at = 0) {
    this.#body = body
    this.#at = at
  }

  get done(): boolean {
    return this.#at >= this.#body.length
  }

  byte(): number {
    return this.#body[this.#at++] ?? 0
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
    const zero = this.#body.indexOf(0, this.#at)
    const end = zero < 0 ? this.#body.length : zero
    const text = this.#body.toString('utf8', this.#at, end)
    this.#at = end + 1
    return text
  }

  bytes(length: number): Buffer {
    const part = this.#body.subarray(this.#at, this.#at + length)
    this.#at += length
    return part
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
 * @param size - Of the whole body; values beyond what was kept of it are shown as `…`.
 */
export function readParameters(body: Buffer, size: number): Parameter[] {
  return readBind(new BodyReader(body), body.length, size)
}

/** The formats that a Bind message asks for, of a body that is whole. */
export function readResultFormats(body: Buffer): number[] {
  const reader = new BodyReader(body)
  readBind(reader, body.length, body.length)
  return Array.from({ length: Math.min(reader.int16(), body.length) }, () => reader.int16())
}

function readBind(reader: BodyReader, kept: number, size: number): Parameter[] {
  reader.text()
  reader.text()
  const formats = Array.from({ length: Math.min(reader.int16(), kept) }, () => reader.int16())
  const count = reader.int16()
  const values: Parameter[] = []
  for (let i = 0; i < count; i++) {
    if (reader.done) {
      // A cut body has lost the rest; a whole one cannot end here.
      if (size > kept) values.push('…')
      break
    }
    const length = reader.int32()
    if (length < 0) {
      values.push(null)
      continue
    }
    const value = reader.bytes(length)
    const binary = (formats.length === 1 ? formats[0] : formats[i]) === 1
    values.push((binary ? `\\x${value.toString('hex')}` : value.toString('utf8')) + (value.length < length ? '…' : ''))
  }
  return values
}
