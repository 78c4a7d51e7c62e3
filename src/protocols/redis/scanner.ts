import type { Scanned, Scanner } from '../../core/scanner.ts'
import type { Resp } from './resp.ts'
import { aggregateTypes, booleanByte, bulkTypes, lineTypes, nullByte } from './types.ts'

/** A whole value of either direction. */
export interface RespFrame {
  readonly value: Resp
  /** How long it was, with its ends of lines. */
  readonly bytes: number
  /** True when parts were left out, as there was too much of it. */
  readonly cut: boolean
}

/** What is kept of one value, and what no value can be. Sizes in bytes. */
export interface RespLimits {
  /** Understand a line that is no RESP as a command, as servers do. */
  readonly inline?: boolean
  /** Of all strings of one value together (default 1 MiB). */
  readonly keepBytes?: number
  /** Of the elements of one value (default 10 000). */
  readonly keepItems?: number
  /** Asked when a value begins: all of its elements are wanted. */
  readonly wantsAll?: () => boolean
}

interface Open {
  readonly type: 'array' | 'set' | 'push' | 'map' | 'attribute'
  readonly size: number
  left: number
  readonly items: Resp[]
}

// The server's own limits: of a bulk string, and of how many elements a command may have.
const maxBulk = 512 * 1024 * 1024
const maxItems = 2 ** 31
const maxLine = 1 << 16
const maxDepth = 128
const newline = 10
const nothing = Buffer.alloc(0)

/** Finds RESP2 and RESP3 values in a stream that comes in any chunks. */
export class RespScanner implements Scanner<RespFrame> {
  readonly #inline: boolean
  readonly #keepBytes: number
  readonly #keepItems: number
  readonly #wantsAll: () => boolean
  #itemsLeft = 0
  #open: Open[] = []
  #line: Buffer = nothing
  #bulk:
    | { type: 'bulk' | 'verbatim' | 'bulkError'; size: number; left: number; parts: Buffer[]; kept: number }
    | undefined
  #bytes = 0
  #kept = 0
  #cut = false
  #done: Resp | undefined

  constructor(limits: RespLimits = {}) {
    this.#inline = limits.inline ?? false
    this.#keepBytes = limits.keepBytes ?? 1 << 20
    this.#keepItems = limits.keepItems ?? 10_000
    this.#wantsAll = limits.wantsAll ?? (() => false)
  }

  get atBoundary(): boolean {
    return this.#bytes === 0
  }

  next(chunk: Buffer, from: number): Scanned<RespFrame> | undefined {
    let at = from
    while (at < chunk.length) {
      const before = at
      if (this.#itemsLeft === 0 && this.#open.length > 0) at = this.#skip(chunk, at)
      if (at === before) at = this.#bulk ? this.#takeBulk(chunk, at) : this.#takeLine(chunk, at)
      this.#bytes += at - before
      if (this.#done) return { frame: this.#finish(this.#done), end: at }
    }
    return undefined
  }

  #finish(value: Resp): RespFrame {
    const frame = { value, bytes: this.#bytes, cut: this.#cut }
    this.#bytes = 0
    this.#kept = 0
    this.#cut = false
    this.#done = undefined
    return frame
  }

  #takeLine(chunk: Buffer, at: number): number {
    const found = chunk.indexOf(newline, at)
    const end = found < 0 ? chunk.length : found + 1
    if (this.#line.length + end - at > maxLine) throw new RangeError('a line of more than 64 KiB')
    const part = chunk.subarray(at, end)
    if (found < 0) {
      // A copy, since there may be one for each byte that comes.
      this.#line = Buffer.concat([this.#line, part])
      return end
    }
    const line = this.#line.length === 0 ? part : Buffer.concat([this.#line, part])
    this.#line = nothing
    const stop = line.length - (line[line.length - 2] === 13 ? 2 : 1)
    this.#read(line, stop)
    return end
  }

  #read(line: Buffer, stop: number): void {
    const first = line[0]!
    const scalar = lineTypes[first]
    if (stop > 0 && (!this.#inline || this.#open.length > 0 || first === 0x2a)) {
      if (stop !== line.length - 2) throw new RangeError('a line that ends without carriage return')
      if (scalar) return this.#complete({ type: scalar, text: line.toString('utf8', 1, stop) })
      const bulk = bulkTypes[first]
      if (bulk) return this.#beginBulk(bulk, lengthIn(line, stop, maxBulk))
      const aggregate = aggregateTypes[first]
      if (aggregate) return this.#beginAggregate(aggregate, lengthIn(line, stop, maxItems))
      if (first === nullByte && stop === 1) return this.#complete({ type: 'null', form: 'null' })
      if (first === booleanByte && stop === 2 && (line[1] === 0x74 || line[1] === 0x66))
        return this.#complete({ type: 'boolean', value: line[1] === 0x74 })
      throw new RangeError(`no value begins with byte ${first}`)
    }
    if (!this.#inline || this.#open.length > 0) throw new RangeError('an empty line')
    const words = line.toString('utf8', 0, stop).trim()
    const items = words === '' ? [] : words.split(/\s+/).map(bulkOf)
    this.#complete({ type: 'array', items })
  }

  #beginBulk(type: 'bulk' | 'verbatim' | 'bulkError', size: number): void {
    if (size < 0) return this.#complete({ type: 'null', form: 'bulk' })
    this.#bulk = { type, size, left: size + 2, parts: [], kept: 0 }
  }

  #beginAggregate(type: Open['type'], length: number): void {
    if (length < 0) return this.#complete({ type: 'null', form: 'array' })
    // The value that attributes belong to counts as their last element.
    const left = type === 'map' ? length * 2 : type === 'attribute' ? length * 2 + 1 : length
    if (left === 0 && type !== 'attribute') return this.#complete({ type, items: [] } as Resp)
    if (this.#open.length >= maxDepth) throw new RangeError(`values nested more than ${maxDepth} deep`)
    if (this.#open.length === 0) this.#itemsLeft = this.#wantsAll() ? Number.POSITIVE_INFINITY : this.#keepItems
    this.#open.push({ type, size: left, left, items: [] })
  }

  /**
   * Counts elements that are not kept, as long as they are plain and whole in the chunk: building a list of hundreds
   * takes many times as long as carrying it.
   */
  #skip(chunk: Buffer, from: number): number {
    const open = this.#open.at(-1)!
    if (this.#bulk || this.#line.length > 0 || open.type === 'attribute') return from
    let at = from
    // The last one is left to end the list with.
    while (open.left > 1) {
      const end = plainEnd(chunk, at)
      if (end < 0) break
      at = end
      open.left--
      this.#cut = true
    }
    return at
  }

  #takeBulk(chunk: Buffer, at: number): number {
    const bulk = this.#bulk!
    const end = Math.min(chunk.length, at + bulk.left)
    const content = Math.min(end, at + Math.max(0, bulk.left - 2))
    const wanted = Math.min(content - at, this.#keepBytes - this.#kept)
    if (wanted > 0) {
      bulk.parts.push(chunk.subarray(at, at + wanted))
      bulk.kept += wanted
      this.#kept += wanted
    }
    for (let i = content; i < end; i++)
      if (chunk[i] !== (bulk.left - (i - at) === 2 ? 13 : newline)) throw new RangeError('a string longer than stated')
    bulk.left -= end - at
    if (bulk.left > 0) return end
    this.#bulk = undefined
    if (bulk.kept < bulk.size) this.#cut = true
    const [only = nothing] = bulk.parts
    // A copy, since the chunk it came in is much larger.
    const bytes = bulk.parts.length < 2 ? Buffer.from(only) : Buffer.concat(bulk.parts, bulk.kept)
    this.#complete({ type: bulk.type, bytes, size: bulk.size })
    return end
  }

  #complete(value: Resp): void {
    let whole = value
    for (let open = this.#open.at(-1); open; open = this.#open.at(-1)) {
      // What an attribute says something about is what matters of it.
      if (this.#itemsLeft > 0 || (open.type === 'attribute' && open.left === 1)) {
        open.items.push(whole)
        if (this.#itemsLeft > 0) this.#itemsLeft--
      } else this.#cut = true
      if (--open.left > 0) return
      this.#open.pop()
      whole = valueOf(open)
    }
    this.#done = whole
  }
}

function valueOf({ type, size, items }: Open): Resp {
  if (type === 'attribute') return { type, items: items.slice(0, -1), value: items.at(-1) ?? none }
  return items.length < size ? { type, items, size } : { type, items }
}

/** Where a string, or a value that is one line, ends; -1 when it does not end in the chunk, or is something else. */
function plainEnd(chunk: Buffer, at: number): number {
  const type = chunk[at]!
  if (bulkTypes[type]) {
    let size = 0
    for (let i = at + 1; i < chunk.length; i++) {
      const digit = chunk[i]! - 48
      if (digit >= 0 && digit <= 9) {
        size = size * 10 + digit
        continue
      }
      const end = i + 2 + size + 2
      // Whatever is not in order is looked at by those who say what is wrong with it.
      const inOrder = chunk[i] === 13 && chunk[i + 1] === newline && i > at + 1 && size <= maxBulk
      return inOrder && end <= chunk.length && chunk[end - 2] === 13 && chunk[end - 1] === newline ? end : -1
    }
    return -1
  }
  if (!lineTypes[type]) return -1
  const found = chunk.indexOf(newline, at)
  return found > at + 1 && found - at < maxLine && chunk[found - 1] === 13 ? found + 1 : -1
}

const none: Resp = { type: 'null', form: 'null' }

function bulkOf(word: string): Resp {
  const bytes = Buffer.from(word.replace(/^(["'])(.*)\1$/s, '$2'))
  return { type: 'bulk', bytes, size: bytes.length }
}

/** The number after the first byte; `-1` stands for null. */
function lengthIn(line: Buffer, stop: number, max: number): number {
  let length = 0
  if (stop === 3 && line[1] === 0x2d && line[2] === 0x31) return -1
  if (stop < 2 || stop > 12) throw new RangeError('a length that is no number')
  for (let i = 1; i < stop; i++) {
    const digit = line[i]! - 48
    if (digit < 0 || digit > 9) throw new RangeError('a length that is no number')
    length = length * 10 + digit
  }
  if (length > max) throw new RangeError(`a length of ${length}`)
  return length
}
