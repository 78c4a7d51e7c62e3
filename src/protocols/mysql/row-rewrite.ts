import { readColumn } from './columns.ts'
import { BodyReader } from './decode.ts'
import { packet, packetsOf } from './encode.ts'
import type { MysqlColumn } from './message.ts'
import { readBinaryRow, readTextRow, writeBinaryRow, writeTextRow } from './rows.ts'
import type { MysqlFrame } from './scanner.ts'
import { first } from './server-answer.ts'
import { notNullFlag } from './types.ts'

/** What is made of the rows of one answer. */
export interface RowRewriteOptions {
  /** No rows at all, or NULL in the columns that may be NULL. */
  readonly to: 'nothing' | 'nulls'
  /** The statement was prepared. */
  readonly binary: boolean
  readonly deprecateEof: boolean
  /** Called when there was nothing to change. */
  readonly missed: () => void
}

const systemSchemas: ReadonlySet<string> = new Set(['information_schema', 'mysql', 'performance_schema', 'sys'])

/** Rewrites the rows of one answer on their way to the client; of several results the first one. */
export class RowRewrite {
  readonly #options: RowRewriteOptions
  readonly #columns: MysqlColumn[] = []
  #columnsLeft = 0
  #expected: 'first' | 'columns' | 'endOfColumns' | 'rows' | 'rest' = 'first'
  #changed = false
  /** By how much the numbers of packets differ from those of the server. */
  #shift = 0

  constructor(options: RowRewriteOptions) {
    this.#options = options
  }

  /** The message as the client is to get it; empty: not at all. */
  take({ body, size, sequence }: MysqlFrame): Buffer {
    const number = sequence - packetsOf(size) + 1
    const changed = this.#changedBody(body)
    const sent = changed ? packet(number + this.#shift, changed) : Buffer.alloc(0)
    this.#shift += (changed ? packetsOf(changed.length) : 0) - packetsOf(size)
    return sent
  }

  #changedBody(body: Buffer): Buffer | undefined {
    const { deprecateEof } = this.#options
    switch (this.#expected) {
      case 'first':
        if (body[0] === first.ok || body[0] === first.error || body[0] === first.file) return this.#over(body)
        this.#columnsLeft = new BodyReader(body).length() ?? 0
        this.#expected = 'columns'
        return body
      case 'columns':
        this.#columns.push(readColumn(body))
        if (--this.#columnsLeft === 0) this.#expected = deprecateEof ? 'rows' : 'endOfColumns'
        return body
      case 'endOfColumns':
        this.#expected = 'rows'
        return body
      case 'rows': {
        const isEnd = body[0] === first.end && body.length < (deprecateEof ? 0xff_ff_ff : 9)
        return isEnd || body[0] === first.error ? this.#over(body) : this.#row(body)
      }
      default:
        return body
    }
  }

  #over(body: Buffer): Buffer {
    this.#expected = 'rest'
    if (!this.#changed) this.#options.missed()
    return body
  }

  #row(body: Buffer): Buffer | undefined {
    const { to, binary } = this.#options
    if (to === 'nothing') {
      this.#changed = true
      return undefined
    }
    const columns = this.#columns
    const row = binary ? readBinaryRow(body, columns) : readTextRow(body, columns)
    const nulled = row.map((value, i) => (mayBeNull(columns[i]!) ? null : value))
    if (nulled.every((value, i) => value === row[i])) return body
    this.#changed = true
    return binary ? writeBinaryRow(nulled, columns) : writeTextRow(nulled)
  }
}

/** Whether it is a column of a table, and NULL in it is allowed. */
function mayBeNull({ orgTable, schema, flags }: MysqlColumn): boolean {
  return orgTable !== '' && (flags & notNullFlag) === 0 && !systemSchemas.has(schema)
}
