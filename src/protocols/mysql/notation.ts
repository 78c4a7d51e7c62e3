import { readBody, writeBody } from '../../core/body-notation.ts'
import type { Sender, Timed } from '../../core/exchange.ts'
import { readChoice, readList, readNumber, readObject, readText } from '../../core/json-fields.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import type { BodyFiles, Notation } from '../../core/protocol.ts'
import { valueOf } from './binary-values.ts'
import { readColumnNotation, writeColumnNotation } from './column-notation.ts'
import { fingerprintOf } from './fingerprint.ts'
import type { MysqlFailure, MysqlQuestion, MysqlReply, MysqlValue } from './message.ts'

const kinds: readonly MysqlQuestion['kind'][] = ['connect', 'query', 'execute', 'prepare', 'command']
const senders: readonly Sender[] = ['client', 'service']
const types: readonly MysqlReply['type'][] = ['done', 'rows', 'error', 'ready', 'file', 'failure']
const failures: readonly MysqlFailure[] = ['unreachable', 'reset', 'malformed', 'timeout']

/**
 * How a statement is written down: its text and parameters, its fingerprint for people, then what came back. Values of
 * rows are texts, as the text protocol has them; those that are no text are bodies.
 */
export const mysqlNotation: Notation<MysqlQuestion, MysqlReply> = {
  write: ({ question, messages }, files) => ({
    [question.kind]: writeQuestion(question),
    ...(messages.length > 0 && {
      answer: messages.map(({ ms, from, message }) => ({
        ms: Math.round(ms * 10) / 10,
        ...(from === 'client' && { from }),
        ...writeReply(message, files),
      })),
    }),
  }),
  read: (json, files) => ({
    question: readQuestion(json),
    messages: readList(json['answer'], 'answer').map((item, i) => readReply(item, files, `answer[${i}]`)),
  }),
}

function writeQuestion({ kind, sql, parameters, session, user, database, cut }: MysqlQuestion): JsonObject {
  const statement = kind !== 'connect' && kind !== 'command'
  return {
    ...(sql !== '' && { sql, ...(statement && { fingerprint: fingerprintOf(sql).fingerprint }) }),
    ...(parameters.length > 0 && { parameters }),
    session,
    user,
    database,
    ...(cut && { cut }),
  }
}

function readQuestion(json: JsonObject): MysqlQuestion {
  const kind = readChoice(
    kinds.find((each) => json[each] !== undefined),
    'kind',
    kinds,
  )
  const asked = readObject(json[kind], kind)
  return {
    kind,
    sql: readText(asked['sql'], `${kind}.sql`, ''),
    parameters: readList(asked['parameters'], `${kind}.parameters`).map((value, i) =>
      value === null ? null : readText(value, `${kind}.parameters[${i}]`),
    ),
    session: readNumber(asked['session'], `${kind}.session`),
    user: readText(asked['user'], `${kind}.user`, ''),
    database: readText(asked['database'], `${kind}.database`, ''),
    ...(asked['cut'] === true && { cut: true }),
  }
}

function writeReply(message: MysqlReply, files: BodyFiles): JsonObject {
  if (message.type === 'rows') {
    const { type, rows, bytes, warnings, transaction, columns, values, cut } = message
    return {
      type,
      rows,
      bytes,
      ...(warnings > 0 && { warnings }),
      ...(transaction && { transaction }),
      columns: columns.map(writeColumnNotation),
      values: values.map((row) => row.map((value) => writeValue(value, files))),
      ...(cut && { cut }),
    }
  }
  if (message.type !== 'done') return { ...message }
  const { type, affected, insertId, warnings, info, transaction } = message
  return {
    type,
    affected,
    ...(insertId !== 0 && { insertId }),
    ...(warnings > 0 && { warnings }),
    ...(info !== '' && { info }),
    ...(transaction && { transaction }),
  }
}

function writeValue(value: MysqlValue, files: BodyFiles): Json {
  return value === null || typeof value === 'string' ? value : writeBody(value, files)
}

function readValue(json: Json, files: BodyFiles, path: string): MysqlValue {
  if (json === null || typeof json === 'string') return json
  const bytes = readBody(json, files, path)
  return valueOf(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))
}

function readReply(json: Json, files: BodyFiles, path: string): Timed<MysqlReply> {
  const item = readObject(json, path)
  return {
    ms: readNumber(item['ms'], `${path}.ms`, 0),
    from: readChoice(item['from'], `${path}.from`, senders, 'service'),
    message: readMessage(item, files, path),
  }
}

function readMessage(item: JsonObject, files: BodyFiles, path: string): MysqlReply {
  const text = (key: string, fallback?: string): string => readText(item[key], `${path}.${key}`, fallback)
  const number = (key: string, fallback?: number): number => readNumber(item[key], `${path}.${key}`, fallback)
  const type = readChoice(item['type'], `${path}.type`, types)
  const state = { warnings: number('warnings', 0), transaction: item['transaction'] === true }
  switch (type) {
    case 'done': {
      const insertId = typeof item['insertId'] === 'string' ? item['insertId'] : number('insertId', 0)
      return { type, affected: number('affected', 0), insertId, info: text('info', ''), ...state }
    }
    case 'rows':
      return {
        type,
        rows: number('rows'),
        bytes: number('bytes', 0),
        ...state,
        columns: readList(item['columns'], `${path}.columns`).map((column, i) =>
          readColumnNotation(column, `${path}.columns[${i}]`),
        ),
        values: readList(item['values'], `${path}.values`).map((row, i) =>
          readList(row, `${path}.values[${i}]`).map((value, j) =>
            readValue(value, files, `${path}.values[${i}][${j}]`),
          ),
        ),
        ...(item['cut'] === true && { cut: true }),
      }
    case 'error': {
      const error = readObject(item['error'], `${path}.error`)
      return {
        type,
        error: {
          errno: readNumber(error['errno'], `${path}.error.errno`),
          sqlstate: readText(error['sqlstate'], `${path}.error.sqlstate`),
          message: readText(error['message'], `${path}.error.message`),
        },
      }
    }
    case 'ready':
      return { type, version: text('version') }
    case 'file':
      return { type, name: text('name'), bytes: number('bytes', 0) }
    case 'failure':
      return {
        type,
        failure: readChoice(item['failure'], `${path}.failure`, failures),
        message: text('message', ''),
      }
  }
}
