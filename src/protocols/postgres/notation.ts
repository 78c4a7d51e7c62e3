import type { Sender, Timed } from '../../core/exchange.ts'
import { readChoice, readList, readNumber, readObject, readText } from '../../core/json-fields.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import type { Notation } from '../../core/protocol.ts'
import { fingerprintOf } from './fingerprint.ts'
import type { PostgresError, PostgresFailure, PostgresQuestion, PostgresReply, TransactionStatus } from './message.ts'

const kinds: readonly PostgresQuestion['kind'][] = ['connect', 'statement', 'prepare', 'cancel']
const senders: readonly Sender[] = ['client', 'service']
const types: readonly PostgresReply['type'][] = [
  'result', 'suspended', 'copied', 'error', 'notice', 'skipped', 'ready', 'notification', 'parameter', 'failure',
] // prettier-ignore
const statuses: readonly TransactionStatus[] = ['idle', 'open', 'failed']
const failures: readonly PostgresFailure[] = ['unreachable', 'reset', 'malformed']

/** How a statement is written down: its text and parameters, its fingerprint for people, then what came back. */
export const postgresNotation: Notation<PostgresQuestion, PostgresReply> = {
  write: ({ question, messages }) => ({
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
        ...message,
      })),
    }),
  }),
  read: (json) => ({
    question: readQuestion(json),
    messages: readList(json['answer'], 'answer').map((item, i) => readReply(item, `answer[${i}]`)),
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

function readReply(json: Json, path: string): Timed<PostgresReply> {
  const item = readObject(json, path)
  return {
    ms: readNumber(item['ms'], `${path}.ms`),
    from: readChoice(item['from'], `${path}.from`, senders, 'service'),
    message: readMessage(item, path),
  }
}

function readMessage(item: JsonObject, path: string): PostgresReply {
  const text = (key: string): string => readText(item[key], `${path}.${key}`)
  const number = (key: string): number => readNumber(item[key], `${path}.${key}`)
  const type = readChoice(item['type'], `${path}.type`, types)
  switch (type) {
    case 'result':
      return { type, command: text('command'), rows: number('rows'), bytes: number('bytes') }
    case 'suspended':
      return { type, rows: number('rows'), bytes: number('bytes') }
    case 'copied':
      return { type, messages: number('messages'), bytes: number('bytes') }
    case 'error':
    case 'notice':
      return { type, error: readError(item['error'], `${path}.error`) }
    case 'skipped':
      return { type }
    case 'ready':
      return { type, transaction: readChoice(item['transaction'], `${path}.transaction`, statuses) }
    case 'notification':
      return { type, channel: text('channel'), payload: text('payload') }
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
  const position = item['position'] === undefined ? undefined : readNumber(item['position'], `${path}.position`)
  const more = Object.fromEntries(
    ['detail', 'hint', 'constraint', 'table', 'column']
      .filter((key) => item[key] !== undefined)
      .map((key) => [key, readText(item[key], `${path}.${key}`)]),
  )
  return { severity, code, message, ...more, ...(position !== undefined && { position }) }
}
