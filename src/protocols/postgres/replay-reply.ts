import { MortarError } from '../../core/errors.ts'
import { notKept } from '../../core/not-kept.ts'
import { errorResponse, message } from './encode.ts'
import type { Field, PostgresReply } from './message.ts'
import { encodeFieldList, encodeRow } from './rows.ts'
import { errorLetters } from './server-error.ts'
import { fromServer } from './types.ts'

/** How a statement was asked: as text alone, or bound, with formats for its columns and perhaps described before. */
export type AnswerStyle =
  | 'simple'
  | { readonly formats: readonly number[]; readonly described: readonly Field[] | null | undefined }

/** Severities that end the session. */
export const fatal: ReadonlySet<string> = new Set(['FATAL', 'PANIC'])

/**
 * The messages of a reply, as the server sent them.
 *
 * @throws MortarError `MORTAR_RECORDING_CUT` for rows that were not kept.
 */
export function encodeReply(reply: PostgresReply, style: AnswerStyle): Buffer {
  switch (reply.type) {
    case 'result':
    case 'suspended': {
      if (reply.cut || (reply.rows > 0 && reply.data?.length !== reply.rows)) throw tooLarge(reply)
      const head = style === 'simple' && reply.fields ? [encodeFieldList(reply.fields)] : []
      return Buffer.concat([...head, ...(reply.data ?? []).map(encodeRow), endOf(reply)])
    }
    case 'copying': {
      const columns = Buffer.alloc(3 + reply.columns.length * 2)
      columns[0] = reply.format
      columns.writeUInt16BE(reply.columns.length, 1)
      for (const [i, format] of reply.columns.entries()) columns.writeUInt16BE(format, 3 + i * 2)
      return message(reply.way === 'in' ? fromServer.copyIn : fromServer.copyOut, columns)
    }
    case 'copied':
      if (!reply.data) throw tooLarge(reply)
      return Buffer.concat(reply.data.map((part) => message(fromServer.copyData, Buffer.from(part))))
    case 'error':
      return errorResponse(errorLetters(reply.error))
    case 'notice':
      return Buffer.concat([noticeOf(errorResponse(errorLetters(reply.error)))])
    case 'parameter':
      return message(fromServer.parameterStatus, reply.name, reply.value)
    case 'skipped':
      throw new MortarError('MORTAR_MISS', 'when this was recorded, it was skipped after an error')
    default:
      return Buffer.alloc(0)
  }
}

/**
 * Whether a result has the columns that the client was told of, in the formats that it asks for.
 *
 * @throws MortarError `MORTAR_MISS`
 */
export function checkColumns(reply: PostgresReply, { formats, described }: Exclude<AnswerStyle, 'simple'>): void {
  if ((reply.type !== 'result' && reply.type !== 'suspended') || !reply.fields) return
  const { fields } = reply
  const asked = (i: number): number => (formats.length === 1 ? formats[0] : formats[i]) ?? 0
  const inFormat = reply.rows === 0 || fields.every(({ format }, i) => format === asked(i))
  if (!inFormat)
    throw new MortarError('MORTAR_MISS', 'the rows were recorded in another format than they are asked for', {
      expected: formats.join() || 'text',
      seen: fields.map(({ format }) => format).join(),
    })
  if (described === undefined || columnsOf(described) === columnsOf(fields)) return
  throw new MortarError('MORTAR_MISS', 'the rows were recorded with other columns than the statement was described', {
    expected: columnsOf(described),
    seen: columnsOf(fields),
  })
}

function endOf(reply: PostgresReply & { readonly type: 'result' | 'suspended' }): Buffer {
  if (reply.type === 'suspended') return message(fromServer.portalSuspended)
  return reply.command === '' ? message(fromServer.emptyQuery) : message(fromServer.commandComplete, reply.command)
}

function noticeOf(error: Buffer): Buffer {
  const notice = Buffer.from(error)
  notice[0] = fromServer.notice
  return notice
}

function columnsOf(fields: readonly Field[] | null): string {
  return (fields ?? []).map(({ name, type }) => `${name} ${type}`).join(', ')
}

function tooLarge({ cut, bytes }: { readonly cut?: true; readonly bytes: number }): MortarError {
  const reason = cut ? `the answer of ${bytes} bytes was too large to be kept` : 'the rows of the answer were not kept'
  return notKept(reason)
}
