import { BodyReader } from '../../protocols/postgres/decode.ts'
import { message } from '../../protocols/postgres/encode.ts'
import { fromClient } from '../../protocols/postgres/types.ts'
import type { TransactionControl } from './transaction-control.ts'

const portalKind = 0x50
const statementKind = 0x53

/** What a Parse message says. */
export interface ParseMessage {
  readonly name: string
  readonly sql: string
  /** The types of its parameters, as they stand in the message. */
  readonly types: Buffer
}

/** The names that one client has given in a session that it shares: each gets a prefix, so that none meets another's. */
export class SeatNames {
  readonly #prefix: string
  /** By the client's name; those that control its transaction are never seen by the server. */
  readonly #statements = new Map<string, TransactionControl | undefined>()
  readonly #portals = new Map<string, TransactionControl | undefined>()

  constructor(seat: number) {
    this.#prefix = `mortar${seat}_`
  }

  parse({ name, sql, types }: ParseMessage, control: TransactionControl | undefined): Buffer {
    this.#statements.set(name, control)
    return message(fromClient.parse, this.#own(name), sql, types)
  }

  /** Where the statement of a Bind message controls the transaction, that; else the message for the server. */
  bind(bytes: Buffer): Buffer | TransactionControl {
    const reader = new BodyReader(bytes, 5)
    const portal = reader.text()
    const statement = reader.text()
    const control = this.#statements.get(statement)
    this.#portals.set(portal, control)
    if (control) return control
    // Two names with the zeros that end them.
    const rest = bytes.subarray(5 + Buffer.byteLength(portal) + Buffer.byteLength(statement) + 2)
    return message(fromClient.bind, this.#own(portal), this.#own(statement), rest)
  }

  execute(bytes: Buffer): Buffer | TransactionControl {
    const portal = new BodyReader(bytes, 5).text()
    return (
      this.#portals.get(portal) ??
      message(fromClient.execute, this.#own(portal), bytes.subarray(5 + Buffer.byteLength(portal) + 1))
    )
  }

  /** A Describe or Close message. */
  about(bytes: Buffer): Buffer | TransactionControl {
    const kind = bytes[5]!
    const name = new BodyReader(bytes, 6).text()
    const names = kind === portalKind ? this.#portals : this.#statements
    const control = names.get(name)
    if (bytes[0] === fromClient.close) names.delete(name)
    return control ?? message(bytes[0]!, Buffer.from([kind]), this.#own(name))
  }

  /** A transaction has ended, and its portals with it. */
  forgetPortals(): void {
    this.#portals.clear()
  }

  /** Ends all statements with a name. */
  closeAll(): Buffer[] {
    const names = [...this.#statements].filter(([name, control]) => name !== '' && !control)
    return names.map(([name]) => message(fromClient.close, Buffer.from([statementKind]), this.#own(name)))
  }

  /** A text of the server as the client would know it. */
  plain(text: string): string {
    return text.replaceAll(this.#prefix, '')
  }

  /** Whether the text names something that has a prefix. */
  named(body: Buffer): boolean {
    return body.includes(this.#prefix)
  }

  #own(name: string): string {
    return name === '' ? '' : this.#prefix + name
  }
}

/** Reads a Parse message. */
export function readParse(bytes: Buffer): ParseMessage {
  const reader = new BodyReader(bytes, 5)
  const name = reader.text()
  const sql = reader.text()
  return { name, sql, types: bytes.subarray(5 + Buffer.byteLength(name) + Buffer.byteLength(sql) + 2) }
}

/** Whether a Bind or Describe message is about the statement without a name, a Bind about a portal with one. */
export function namesIn(bytes: Buffer): { readonly statement: string | undefined; readonly portal: string } {
  const reader = new BodyReader(bytes, 5)
  if (bytes[0] === fromClient.bind) {
    const portal = reader.text()
    return { portal, statement: reader.text() }
  }
  const kind = reader.byte()
  return { portal: '', statement: kind === statementKind ? reader.text() : undefined }
}
