import { message } from './encode.ts'
import type { Field } from './message.ts'
import { encodeRow, readFieldList, readRow } from './rows.ts'
import { fromServer } from './types.ts'

/** What is made of the rows of one answer. */
export interface RowRewriteOptions {
  /** No rows at all, or NULL in the columns that `mayBeNull` has, as `table.column` with their numbers. */
  readonly to: 'nothing' | 'nulls'
  readonly mayBeNull: ReadonlySet<string>
  /** Columns, where they are known before. */
  readonly fields: readonly Field[]
  /** The answer ends only when the server is ready again: a simple query may hold several statements. */
  readonly untilReady: boolean
  /** Called when there was nothing to change. */
  readonly missed: () => void
}

const ends: ReadonlySet<number> = new Set([
  fromServer.commandComplete,
  fromServer.emptyQuery,
  fromServer.portalSuspended,
  fromServer.error,
])

/** Rewrites the rows of one answer on their way to the client. */
export class RowRewrite {
  readonly #options: RowRewriteOptions
  #fields: readonly Field[]
  #bytes: Buffer = Buffer.alloc(0)
  #changed = false
  #done = false

  constructor(options: RowRewriteOptions) {
    this.#options = options
    this.#fields = options.fields
  }

  get done(): boolean {
    return this.#done
  }

  /** Returns what can be passed on: whole messages until the answer has ended, then everything. */
  push(chunk: Buffer): Buffer {
    const bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk])
    const passed: Buffer[] = []
    let at = 0
    while (!this.#done && bytes.length - at >= 5) {
      const end = at + 1 + bytes.readUInt32BE(at + 1)
      if (end > bytes.length) break
      passed.push(...this.#message(bytes.subarray(at, end)))
      at = end
    }
    this.#bytes = this.#done ? Buffer.alloc(0) : bytes.subarray(at)
    if (this.#done) passed.push(bytes.subarray(at))
    return Buffer.concat(passed)
  }

  #message(whole: Buffer): Buffer[] {
    const { to, untilReady, missed } = this.#options
    const type = whole[0]!
    if (type === fromServer.rowDescription) this.#fields = readFieldList(whole.subarray(5))
    if (type === fromServer.dataRow) return this.#row(whole)
    if (type === fromServer.ready || (!untilReady && ends.has(type))) {
      this.#done = true
      if (!this.#changed) missed()
    }
    if (to !== 'nothing' || type !== fromServer.commandComplete) return [whole]
    const said = whole.toString('utf8', 5, whole.length - 1)
    return [message(type, said.replace(/^(SELECT|FETCH) \d+$/, '$1 0'))]
  }

  #row(whole: Buffer): Buffer[] {
    const { to, mayBeNull } = this.#options
    if (to === 'nothing') {
      this.#changed = true
      return []
    }
    const row = readRow(whole.subarray(5)).map((cell, i) => {
      const field = this.#fields[i]
      if (cell === null || !field || !mayBeNull.has(`${field.table}.${field.column}`)) return cell
      this.#changed = true
      return null
    })
    return [encodeRow(row)]
  }
}
