import { flush, message } from './encode.ts'
import type { Field } from './message.ts'
import { readFieldList, readRow } from './rows.ts'
import { fromClient, fromServer } from './types.ts'

const name = 'mortar aside'
const none = Buffer.alloc(2)

/**
 * Asks something in between, by names that no client uses, and leaves what the client has bound as it is.
 *
 * @param portal - Of the client, whose columns are asked for as well.
 */
export function asideMessages(sql: string, portal?: string): Buffer {
  return Buffer.concat([
    ...(portal === undefined ? [] : [message(fromClient.describe, `P${portal}`)]),
    message(fromClient.parse, name, sql, none),
    message(fromClient.bind, name, name, none, none, none),
    message(fromClient.execute, name, Buffer.alloc(4)),
    message(fromClient.close, `P${name}`),
    message(fromClient.close, `S${name}`),
    flush,
  ])
}

/** What was asked aside. */
export interface Aside {
  /** The first column of each row. */
  readonly rows: readonly string[]
  /** Columns of the client's portal. */
  readonly fields: readonly Field[]
}

/** Keeps the answer to what was asked aside from the client. */
export class AsideAnswer {
  readonly answered: Promise<Aside>
  readonly #resolve: (aside: Aside) => void
  readonly #rows: string[] = []
  #fields: readonly Field[] = []
  #bytes: Buffer = Buffer.alloc(0)
  #closed = 0

  constructor() {
    const { promise, resolve } = Promise.withResolvers<Aside>()
    this.answered = promise
    this.#resolve = resolve
  }

  get done(): boolean {
    return this.#closed >= 2
  }

  /** Returns what is not part of the answer. */
  push(chunk: Buffer): Buffer {
    const bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk])
    let at = 0
    while (!this.done && bytes.length - at >= 5) {
      const end = at + 1 + bytes.readUInt32BE(at + 1)
      if (end > bytes.length) break
      this.#message(bytes.subarray(at, end))
      at = end
    }
    this.#bytes = bytes.subarray(at)
    if (!this.done) return Buffer.alloc(0)
    this.#resolve({ rows: this.#rows, fields: this.#fields })
    return this.#bytes
  }

  #message(whole: Buffer): void {
    const type = whole[0]!
    if (type === fromServer.dataRow) this.#rows.push(readRow(whole.subarray(5))[0]?.toString() ?? '')
    if (type === fromServer.rowDescription) this.#fields = readFieldList(whole.subarray(5))
    if (type === fromServer.closeComplete) this.#closed++
    if (type === fromServer.error) this.#closed = 2
  }
}
