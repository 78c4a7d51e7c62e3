import { BodyReader } from './decode.ts'
import type { Copied, Field, PostgresReply, Row, Rows } from './message.ts'
import { readRow } from './rows.ts'

/** Keeps what one statement brings, up to so many bytes, so that it can be replayed. */
export class AnswerKeeper {
  readonly #limit: number
  #rows: Buffer[] = []
  #copied: Buffer[] = []
  #left: number
  #cut = false
  /** Of a simple query; what extended messages bring was described before. */
  fields: readonly Field[] | undefined
  /** Of the statement that is being described. */
  parameters: readonly number[] = []

  /** @param limit - Of the rows or COPY data of one result, bytes. */
  constructor(limit: number) {
    this.#limit = limit
    this.#left = limit
  }

  row(bytes: Buffer, at: number, end: number, size: number): void {
    if (this.#fits(size)) this.#rows.push(Buffer.from(bytes.subarray(at, end)))
  }

  copy(bytes: Buffer, at: number, end: number, size: number): void {
    if (this.#fits(size)) this.#copied.push(Buffer.from(bytes.subarray(at, end)))
  }

  /** What was kept of the rows of a result, and nothing more is. */
  takeRows(rows: number, fields: readonly Field[] | null | undefined): Pick<Rows, 'fields' | 'data' | 'cut'> {
    const described = fields === undefined ? this.fields : fields
    const data: readonly Row[] = this.#rows.map(readRow)
    const cut = this.#cut
    this.clear()
    return {
      ...(described !== undefined && { fields: described }),
      ...(cut ? { cut } : rows > 0 && { data }),
    }
  }

  /** What was kept of COPY data. When there was too much, the result will say so as well. */
  takeCopied(joined: boolean): Pick<Copied, 'data' | 'cut'> {
    if (this.#cut) return { cut: true }
    const data = joined ? [Buffer.concat(this.#copied)] : this.#copied
    this.#copied = []
    return { data }
  }

  clear(): void {
    this.#rows = []
    this.#copied = []
    this.#left = this.#limit
    this.#cut = false
    this.fields = undefined
  }

  #fits(size: number): boolean {
    this.#left -= size
    if (this.#left >= 0 && !this.#cut) return true
    this.#cut = true
    this.#rows = []
    this.#copied = []
    return false
  }
}

/** Reads the body of a CopyInResponse or CopyOutResponse. */
export function copyingOf(way: 'in' | 'out', body: Buffer): PostgresReply {
  const reader = new BodyReader(body)
  const format = reader.byte()
  return { type: 'copying', way, format, columns: Array.from({ length: reader.int16() }, () => reader.int16()) }
}
