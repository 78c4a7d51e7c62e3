import { readBinary } from './binary-values.ts'
import { BodyReader } from './decode.ts'
import type { Parameter } from './message.ts'
import { capability } from './types.ts'

/** A statement that the client has prepared. */
export interface Prepared {
  readonly sql: string
  /** How many values it takes; not known until the server has said so. */
  parameters?: number
  /** Types of the values, which the client says once. */
  types?: Buffer
  /** Values that came in pieces of their own, by number. */
  readonly long: Map<number, Buffer[]>
}

/** What a client asks to execute. */
export interface Execution {
  readonly parameters: readonly Parameter[]
  /** The rows are to be fetched, some at a time. */
  readonly cursor: boolean
}

const parameterCountGiven = 8
/** Stands for the statement that was prepared last. */
export const lastStatement = 0xff_ff_ff_ff
const unsignedBit = 0x80
const cutMark = '…'

/** The number of the statement that a command is about. */
export function statementOf(body: Buffer): number {
  return new BodyReader(body, 1).int32()
}

/**
 * Reads what COM_STMT_EXECUTE sends beside the number of its statement.
 *
 * @param size - Of the whole message; values beyond what was kept of it are shown as `…`.
 */
export function readExecution(body: Buffer, size: number, prepared: Prepared, capabilities: number): Execution {
  const reader = new BodyReader(body, 5)
  const flags = reader.byte()
  const cursor = (flags & 1) !== 0
  reader.int32()
  const attributes = (capabilities & capability.queryAttributes) !== 0
  let count = prepared.parameters ?? 0
  const given = attributes && ((flags & parameterCountGiven) !== 0 || count > 0)
  if (given) count = reader.length() ?? 0
  if (count === 0 || count > body.length) return { parameters: [], cursor }
  const nulls = reader.bytes((count + 7) >> 3)
  if (reader.byte() === 1) prepared.types = readTypes(reader, count, attributes)
  const parameters = readValues(reader, nulls, count, prepared, size > body.length)
  prepared.long.clear()
  // What else was given are attributes of the query, which no question mark stands for.
  return { parameters: parameters.slice(0, prepared.parameters ?? count), cursor }
}

/** Reads the attributes in front of the text of COM_QUERY; returns where the text begins. */
export function skipAttributes(body: Buffer): number {
  const reader = new BodyReader(body, 1)
  const count = reader.length() ?? 0
  reader.length()
  if (count === 0 || count > body.length) return reader.at
  const nulls = reader.bytes((count + 7) >> 3)
  const types = reader.byte() === 1 ? readTypes(reader, count, true) : Buffer.alloc(count * 2)
  readValues(reader, nulls, count, { sql: '', types, long: new Map() }, false)
  return reader.at
}

function readTypes(reader: BodyReader, count: number, named: boolean): Buffer {
  const types = Buffer.alloc(count * 2)
  for (let i = 0; i < count && !reader.done; i++) {
    types[i * 2] = reader.byte()
    types[i * 2 + 1] = reader.byte()
    if (named) reader.lengthBytes()
  }
  return types
}

function readValues(reader: BodyReader, nulls: Buffer, count: number, from: Prepared, cut: boolean): Parameter[] {
  const { types = Buffer.alloc(0), long } = from
  const values: Parameter[] = []
  for (let i = 0; i < count; i++) {
    const pieces = long.get(i)
    if (pieces) values.push(shown(Buffer.concat(pieces)))
    else if (((nulls[i >> 3] ?? 0) >> (i & 7)) & 1) values.push(null)
    else if (reader.done && cut) values.push(cutMark)
    else {
      const unsigned = ((types[i * 2 + 1] ?? 0) & unsignedBit) !== 0
      const value = readBinary(reader, { type: types[i * 2] ?? 253, unsigned })
      values.push(typeof value === 'string' || value === null ? value : shown(Buffer.from(value)))
    }
  }
  return values
}

function shown(bytes: Buffer): string {
  const text = bytes.toString('utf8')
  return text.includes('\ufffd') ? `\\x${bytes.toString('hex')}` : text
}
