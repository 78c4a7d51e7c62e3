import type { Scanned, Scanner } from '../../core/scanner.ts'

/** Names of operations, in both directions. */
export type NatsOp =
  | 'INFO'
  | 'CONNECT'
  | 'PUB'
  | 'HPUB'
  | 'SUB'
  | 'UNSUB'
  | 'MSG'
  | 'HMSG'
  | 'PING'
  | 'PONG'
  | '+OK'
  | '-ERR'

/** A whole operation of either direction. */
export interface NatsFrame {
  readonly op: NatsOp
  /** What follows on the line, by words; INFO, CONNECT and -ERR have it as one. */
  readonly args: readonly string[]
  /** Headers as they came, and the beginning of the body. */
  readonly headers: Buffer
  readonly body: Buffer
  /** Of the whole body, bytes. */
  readonly size: number
}

/** Where the sizes stand in the arguments of operations that have a payload: from the end. */
const sizes: Readonly<Record<string, 1 | 2>> = { PUB: 1, MSG: 1, HPUB: 2, HMSG: 2 }
const ops: ReadonlySet<string> = new Set<NatsOp>([
  'INFO',
  'CONNECT',
  'PUB',
  'HPUB',
  'SUB',
  'UNSUB',
  'MSG',
  'HMSG',
  'PING',
  'PONG',
  '+OK',
  '-ERR',
])
const undivided: ReadonlySet<string> = new Set<NatsOp>(['INFO', 'CONNECT', '-ERR'])
const maxLine = 1 << 20
// Servers allow up to 64 MiB when asked to, and 1 MiB as a rule.
const maxPayload = 64 * 1024 * 1024
const newline = 10
const nothing = Buffer.alloc(0)

/** Finds operations in a stream that comes in any chunks. */
export class NatsScanner implements Scanner<NatsFrame> {
  readonly #keep: number
  #line: Buffer[] = []
  #lineBytes = 0
  #payload: { op: NatsOp; args: readonly string[]; header: number; total: number; left: number } | undefined
  #parts: Buffer[] = []
  #kept = 0

  /** @param keep - Of a body, bytes (default 1 MiB). */
  constructor(keep: number = 1 << 20) {
    this.#keep = keep
  }

  get atBoundary(): boolean {
    return this.#payload === undefined && this.#lineBytes === 0
  }

  next(chunk: Buffer, from: number): Scanned<NatsFrame> | undefined {
    let at = from
    while (at < chunk.length) {
      if (this.#payload) {
        at = this.#take(chunk, at)
        if (this.#payload.left === 0) return { frame: this.#finish(this.#payload), end: at }
        continue
      }
      const found = chunk.indexOf(newline, at)
      const end = found < 0 ? chunk.length : found + 1
      this.#line.push(chunk.subarray(at, end))
      this.#lineBytes += end - at
      if (this.#lineBytes > maxLine) throw new RangeError('a line of more than 1 MiB')
      at = end
      if (found < 0) return undefined
      const frame = this.#read(Buffer.concat(this.#line.splice(0)))
      this.#lineBytes = 0
      if (frame) return { frame, end: at }
    }
    return undefined
  }

  #read(line: Buffer): NatsFrame | undefined {
    if (line[line.length - 2] !== 13) throw new RangeError('a line that ends without carriage return')
    const text = line.toString('utf8', 0, line.length - 2)
    const [word = ''] = /^\S*/.exec(text) ?? []
    const op = word.toUpperCase() as NatsOp
    if (!ops.has(op)) throw new RangeError(`no operation is called ${JSON.stringify(word.slice(0, 20))}`)
    const rest = text.slice(word.length).trim()
    const args = undivided.has(op) ? [rest] : rest === '' ? [] : rest.split(/[ \t]+/)
    const count = sizes[op]
    if (!count) return { op, args, headers: nothing, body: nothing, size: 0 }
    const total = sizeOf(args.at(-1))
    const header = count === 2 ? sizeOf(args.at(-2)) : 0
    if (header > total) throw new RangeError('headers longer than their message')
    this.#payload = { op, args: args.slice(0, -count), header, total, left: total + 2 }
    return undefined
  }

  #take(chunk: Buffer, at: number): number {
    const payload = this.#payload!
    const end = Math.min(chunk.length, at + payload.left)
    const content = Math.min(end, at + Math.max(0, payload.left - 2))
    const wanted = Math.min(content - at, payload.header + this.#keep - this.#kept)
    if (wanted > 0) {
      this.#parts.push(chunk.subarray(at, at + wanted))
      this.#kept += wanted
    }
    for (let i = content; i < end; i++)
      if (chunk[i] !== (payload.left - (i - at) === 2 ? 13 : newline))
        throw new RangeError('a payload longer than stated')
    payload.left -= end - at
    return end
  }

  #finish({
    op,
    args,
    header,
    total,
  }: {
    op: NatsOp
    args: readonly string[]
    header: number
    total: number
  }): NatsFrame {
    const kept = Buffer.concat(this.#parts.splice(0), this.#kept)
    this.#kept = 0
    this.#payload = undefined
    return { op, args, headers: kept.subarray(0, header), body: kept.subarray(header), size: total - header }
  }
}

function sizeOf(text: string | undefined): number {
  const size = text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : -1
  if (size < 0 || size > maxPayload) throw new RangeError('a size that no message has')
  return size
}
