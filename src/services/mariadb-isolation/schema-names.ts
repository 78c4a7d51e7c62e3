import type { Recorder } from '../../core/recorder.ts'
import { mysqlDialect } from '../../protocols/mysql/dialect.ts'
import { fingerprintOf } from '../../protocols/mysql/fingerprint.ts'
import { changeUserWithDatabase, withDatabase } from '../../protocols/mysql/handshake.ts'
import type { MysqlQuestion, MysqlReply } from '../../protocols/mysql/message.ts'
import type { MysqlSession } from '../../protocols/mysql/session.ts'
import { command } from '../../protocols/mysql/types.ts'
import { tokenizeSql } from '../../protocols/sql/tokenize-sql.ts'

/** Under which name the application knows its schema, and which one it has. */
export interface SchemaNames {
  readonly known: string
  readonly real: string
}

// As much of a text as is looked at word by word.
const longest = 20_000
const use = /^(\s*use\s+)(`(?:[^`]|``)+`|[\w$]+)/i

/** Lets a client that asks for the application's schema by its own name have that of the worker. */
export function toRealSchema(body: Buffer, session: MysqlSession, { known, real }: SchemaNames): Buffer {
  const rename = (name: string): string => (name === known ? real : name)
  if (session.awaitsLogin) return withDatabase(body, rename)
  if (session.expectsData) return body
  if (body[0] === command.initDb)
    return body.toString('utf8', 1) === known ? Buffer.concat([body.subarray(0, 1), Buffer.from(real)]) : body
  if (body[0] === command.changeUser) return changeUserWithDatabase(body, rename)
  if (body[0] !== command.query || body.length > 1_000) return body
  const sql = session.preview(body) ?? ''
  const name = use
    .exec(sql)?.[2]
    ?.replace(/^`(.*)`$/s, '$1')
    .replaceAll('``', '`')
  if (name !== known) return body
  const before = body.subarray(0, body.length - Buffer.byteLength(sql))
  return Buffer.concat([before, Buffer.from(sql.replace(use, `$1\`${real.replaceAll('`', '``')}\``))])
}

/** Whether a statement writes to the application's schema by naming it, and so not to that of the worker. */
export function writesByName(sql: string, { known, real }: SchemaNames, tables: ReadonlySet<string>): boolean {
  // A table of that name may stand before a column as well.
  if (known === real || !sql.includes(known) || tables.has(known) || !fingerprintOf(sql).effect) return false
  const tokens = tokenizeSql(sql.slice(0, longest), mysqlDialect)
  return tokens.some(
    ({ kind, text }, i) => kind === 'name' && text.replaceAll('`', '') === known && tokens[i + 1]?.text === '.',
  )
}

/** Takes exchanges down with the name that the application knows, which is the same in every worker and run. */
export function withKnownSchema(
  recorder: Recorder<MysqlQuestion, MysqlReply>,
  { known, real }: SchemaNames,
): Recorder<MysqlQuestion, MysqlReply> {
  const named = (text: string): string => (text.includes(real) ? text.replaceAll(real, known) : text)
  return {
    ...recorder,
    open(question) {
      const { sql, database } = question
      const exchange = recorder.open({ ...question, sql: named(sql), database: named(database) })
      return {
        message: (from, reply) => exchange.message(from, namedReply(reply, named)),
        close: (ending) => exchange.close(ending),
      }
    },
  }
}

function namedReply(reply: MysqlReply, named: (text: string) => string): MysqlReply {
  if (reply.type === 'error') return { ...reply, error: { ...reply.error, message: named(reply.error.message) } }
  if (reply.type !== 'rows') return reply
  return { ...reply, columns: reply.columns.map((column) => ({ ...column, schema: named(column.schema) })) }
}
