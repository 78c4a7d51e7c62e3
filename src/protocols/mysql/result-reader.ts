import { readColumn } from './columns.ts'
import type { MysqlColumn, MysqlRows } from './message.ts'
import { readBinaryRow, readTextRow } from './rows.ts'
import { type AnswerEnd } from './server-answer.ts'
import { status } from './types.ts'

/** What each row takes besides its bytes, so that many empty ones do not fill the memory. */
const rowCost = 32

/** One result with rows while it comes. Keeps rows as they are until the end, and not more than it may. */
export class ResultReader {
  readonly binary: boolean
  readonly columns: MysqlColumn[] = []
  /** Column definitions that are still to come. */
  columnsLeft: number
  #budget: number
  #rows = 0
  #bytes = 0
  #cut = false
  #kept: Buffer[] = []

  constructor(binary: boolean, columns: number, budget: number) {
    this.binary = binary
    this.columnsLeft = columns
    this.#budget = budget
  }

  /** How many bytes more may be kept. */
  get budget(): number {
    return this.#budget
  }

  column(body: Buffer): void {
    this.columnsLeft--
    this.columns.push(readColumn(body))
  }

  row(body: Buffer, size: number): void {
    this.#rows++
    this.#bytes += size
    if (this.#cut || size > body.length || size + rowCost > this.#budget) {
      this.#cut = true
      this.#budget = 0
      return
    }
    this.#budget -= size + rowCost
    // A copy, since the chunk it came in is much larger.
    this.#kept.push(Buffer.from(body))
  }

  end({ status: flags, warnings }: AnswerEnd): MysqlRows {
    const read = this.binary ? readBinaryRow : readTextRow
    return {
      type: 'rows',
      rows: this.#rows,
      bytes: this.#bytes,
      warnings,
      transaction: (flags & status.inTransaction) !== 0,
      columns: this.columns,
      values: this.#kept.map((body) => read(body, this.columns)),
      ...(this.#cut && { cut: true }),
    }
  }
}
