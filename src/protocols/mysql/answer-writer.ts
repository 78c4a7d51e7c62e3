import { writeColumn } from './columns.ts'
import { errorPacket, int16, lengthInteger, packet, packetsOf } from './encode.ts'
import type { MysqlColumn, MysqlDone, MysqlError, MysqlReply, MysqlRows } from './message.ts'
import { writeBinaryRow, writeTextRow } from './rows.ts'
import { first } from './server-answer.ts'
import { status } from './types.ts'

/** How an answer is to be written. */
export interface AnswerOptions {
  /** Rows as prepared statements have them. */
  readonly binary: boolean
}

/** Writes the messages of one answer, numbering their packets. */
export class AnswerWriter {
  readonly #parts: Buffer[] = []
  #sequence: number

  readonly #extended: boolean

  /**
   * @param sequence - Of the first packet.
   * @param extended - Whether the client reads what MariaDB says of types besides.
   */
  constructor(sequence: number, extended = false) {
    this.#sequence = sequence
    this.#extended = extended
  }

  /** All that was written so far. */
  take(): Buffer {
    return Buffer.concat(this.#parts.splice(0))
  }

  message(body: Buffer): void {
    this.#parts.push(packet(this.#sequence, body))
    this.#sequence += packetsOf(body.length)
  }

  error(error: MysqlError): void {
    this.#parts.push(errorPacket(this.#sequence++, error))
  }

  done({ affected, insertId, warnings, info, transaction }: Omit<MysqlDone, 'type'>, more = false): void {
    this.message(
      Buffer.concat([
        Buffer.from([first.ok]),
        lengthInteger(affected),
        lengthInteger(BigInt(insertId)),
        int16(statusOf(transaction, more)),
        int16(warnings),
        Buffer.from(info),
      ]),
    )
  }

  /** @throws RangeError for a value that its column cannot have */
  rows({ columns, values, warnings, transaction }: MysqlRows, { binary }: AnswerOptions, more = false): void {
    const end = endOf(statusOf(transaction, more), warnings)
    this.message(lengthInteger(columns.length))
    this.columns(columns)
    for (const row of values) this.message(binary ? writeBinaryRow(row, columns) : writeTextRow(row))
    this.message(end)
  }

  /** Definitions of columns, and what ends them. */
  columns(columns: readonly MysqlColumn[]): void {
    for (const column of columns) this.message(writeColumn(column, this.#extended))
    if (columns.length > 0) this.message(endOf(status.autocommit, 0))
  }

  /** One result, or the error that ends the answer. */
  reply(reply: MysqlReply, options: AnswerOptions, more: boolean): void {
    if (reply.type === 'done') this.done(reply, more)
    else if (reply.type === 'rows') this.rows(reply, options, more)
    else if (reply.type === 'error') this.error(reply.error)
  }
}

/** Ends rows and definitions. */
export function endOf(flags: number, warnings: number): Buffer {
  return Buffer.concat([Buffer.from([first.end]), int16(warnings), int16(flags)])
}

function statusOf(transaction: boolean, more: boolean): number {
  return status.autocommit | (transaction ? status.inTransaction : 0) | (more ? status.moreResults : 0)
}
