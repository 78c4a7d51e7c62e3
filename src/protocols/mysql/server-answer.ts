import { BodyReader } from './decode.ts'
import type { MysqlDone, MysqlError } from './message.ts'
import { status } from './types.ts'

/** What every final message of an answer says. */
export interface AnswerEnd {
  readonly status: number
  readonly warnings: number
}

/** First bytes of the server's messages. */
export const first = { ok: 0x00, file: 0xfb, end: 0xfe, error: 0xff } as const

/** Progress of a long statement, which MariaDB says in the form of an error. */
export const progressErrno = 0xffff

/** Reads an OK message. */
export function readDone(body: Buffer): MysqlDone & AnswerEnd {
  const reader = new BodyReader(body, 1)
  const affected = reader.length() ?? 0
  const insertId = reader.bigLength() ?? 0n
  const flags = reader.int16()
  const warnings = reader.int16()
  // Where sessions are tracked, the text has its length in front, and what changed behind it.
  const rest = reader.rest()
  const tracked = (flags & status.sessionChanged) !== 0 || rest[0] === rest.length - 1
  const info = tracked ? new BodyReader(rest).lengthText() : rest.toString('utf8')
  return {
    type: 'done',
    affected,
    insertId: insertId > BigInt(Number.MAX_SAFE_INTEGER) ? String(insertId) : Number(insertId),
    warnings,
    info: info.replaceAll('\0', ''),
    transaction: (flags & status.inTransaction) !== 0,
    status: flags,
  }
}

/** Reads the message behind the last row, in its old and its new form. */
export function readEnd(body: Buffer, deprecateEof: boolean): AnswerEnd {
  if (deprecateEof) {
    const { status: flags, warnings } = readDone(body)
    return { status: flags, warnings }
  }
  const reader = new BodyReader(body, 1)
  const warnings = reader.int16()
  return { status: reader.int16(), warnings }
}

/** Reads an error. */
export function readError(body: Buffer): MysqlError {
  const reader = new BodyReader(body, 1)
  const errno = reader.int16()
  const text = reader.rest().toString('utf8')
  // Before the client has logged in, there is no SQLSTATE.
  return text.startsWith('#')
    ? { errno, sqlstate: text.slice(1, 6), message: text.slice(6) }
    : { errno, sqlstate: 'HY000', message: text }
}
