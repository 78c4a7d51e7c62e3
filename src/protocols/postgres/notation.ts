import { writeBytes } from '../../core/bytes-notation.ts'
import type { Sender, Timed } from '../../core/exchange.ts'
import { readChoice, readList, readNumber, readObject, readText } from '../../core/json-fields.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import type { BodyFiles, Notation } from '../../core/protocol.ts'
import { fingerprintOf } from './fingerprint.ts'
import type { PostgresError, PostgresFailure, PostgresQuestion, PostgresReply, TransactionStatus } from './message.ts'
import { readCopied, readFields, readRows, writeFields, writeRows } from './rows-notation.ts'
import { optionalTexts } from './server-error.ts'

const kinds: readonly PostgresQuestion['kind'][] = ['connect', 'statement', 'prepare', 'cancel']
const senders: readonly Sender[] = ['client', 'service']
const types: readonly PostgresReply['type'][] = [
  'result', 'suspended', 'copied', 'error', 'notice', 'skipped', 'ready', 'notification', 'parameter', 'failure', 'copying',
  'description',
] // prettier-ignore
const statuses: readonly TransactionStatus[] = ['idle', 'open', 'failed']
const failures: readonly PostgresFailure[] = ['unreachable', 'reset', 'malformed']

/** How a statement is written down: its text and parameters, its fingerprint for people, then what came back. */
export const postgresNotation: Notation<PostgresQuestion, PostgresReply> = {
  write: ({ question, messages }, files) => ({
    [question.kind]: {
      ...(question.sql !== '' && { sql: question.sql, fingerprint: fingerprintOf(question.sql).fingerprint }),
      ...(question.parameters.length > 0 && { parameters: question.parameters }),
      session: question.session,
      user: question.user,
      database: question.database,
    },
    ...(messages.length > 0 && {
      answer: messages.map(({ ms, from, message }) => ({
        ms: Math.round(ms * 10) / 10,
        ...(from === 'client' && { from }),
        ...writeMessage(message, files),
      })),
    }),
  }),
  read: (json, files) => ({
    question: readQuestion(json),
    messages: readList(json['answer'], 'answer').map((item, i) => readReply(item, files, `answer[${i}]`)),
  }),
}

function readQuestion(json: JsonObject): PostgresQuestion {
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
    user: readText(asked['user'], `${kind}.user`),
    database: readText(asked['database'], `${kind}.database`),
  }
}

function readReply(json: Json, files: BodyFiles, path: string): Timed<PostgresReply> {
  const item = readObject(json, path)
  return {
    ms: readNumber(item['ms'], `${path}.ms`),
    from: readChoice(item['from'], `${path}.from`, senders, 'service'),
    message: readMessage(item, files, path),
  }
}

function writeMessage(message: PostgresReply, files: BodyFiles): JsonObject {
  switch (message.type) {
    case 'result':
    case 'suspended': {
      const { fields, data, ...counted } = message
      return { ...counted, ...writeRows(fields, data, files) }
    }
    case 'copied': {
      const { data, ...counted } = message
      return { ...counted, ...(data && { data: data.map((part) => writeBytes(part, files)) }) }
    }
    case 'description':
      return { ...message, fields: writeFields(message.fields) }
    default:
      return message
  }
}

function readMessage(item: JsonObject, files: BodyFiles, path: string): PostgresReply {
  const text = (key: string): string => readText(item[key], `${path}.${key}`)
  const number = (key: string): number => readNumber(item[key], `${path}.${key}`)
  const type = readChoice(item['type'], `${path}.type`, types)
  switch (type) {
    case 'result':
      return { type, command: text('command'), ...readRows(item, files, path) }
    case 'suspended':
      return { type, ...readRows(item, files, path) }
    case 'copying': {
      const way = readChoice(item['way'], `${path}.way`, ['in', 'out'])
      return { type, way, format: number('format'), columns: readNumbers(item['columns'], `${path}.columns`) }
    }
    case 'copied':
      return { type, ...readCopied(item, files, path) }
    case 'description': {
      const fields = readFields(item['fields'], `${path}.fields`)
      return { type, parameters: readNumbers(item['parameters'], `${path}.parameters`), fields: fields ?? null }
    }
    case 'error':
    case 'notice':
      return { type, error: readError(item['error'], `${path}.error`) }
    case 'skipped':
      return { type }
    case 'ready':
      return { type, transaction: readChoice(item['transaction'], `${path}.transaction`, statuses) }
    case 'notification':
      return {
        type,
        channel: text('channel'),
        payload: text('payload'),
        ...(item['after'] !== undefined && { after: number('after') }),
      }
    case 'parameter':
      return { type, name: text('name'), value: text('value') }
    case 'failure':
      return { type, failure: readChoice(item['failure'], `${path}.failure`, failures), message: text('message') }
  }
}

function readError(json: Json | undefined, path: string): PostgresError {
  const item = readObject(json, path)
  const [severity = '', code = '', message = ''] = ['severity', 'code', 'message'].map((key) =>
    readText(item[key], `${path}.${key}`),
  )
  const numbers = ['position', 'internalPosition'].filter((key) => item[key] !== undefined)
  return {
    severity,
    code,
    message,
    ...Object.fromEntries(
      Object.keys(optionalTexts)
        .filter((key) => item[key] !== undefined)
        .map((key) => [key, readText(item[key], `${path}.${key}`)]),
    ),
    ...Object.fromEntries(numbers.map((key) => [key, readNumber(item[key], `${path}.${key}`)])),
  }
}

function readNumbers(json: Json | undefined, path: string): number[] {
  return readList(json, path).map((item, i) => readNumber(item, `${path}[${i}]`))
}
