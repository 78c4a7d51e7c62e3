import { expect, it } from 'vitest'
import { createRedactor } from '../../core/redaction/create-redactor.ts'
import type { BodyFiles, Content } from '../../core/protocol.ts'
import type { PostgresQuestion, PostgresReply } from './message.ts'
import { postgresNotation } from './notation.ts'
import { redactPostgres } from './redact.ts'

const noFiles: BodyFiles = {
  put: () => 'none',
  get: () => new Uint8Array(),
}
const token = `ghp_${'a1B2'.repeat(9)}`
const asked: PostgresQuestion = {
  kind: 'statement',
  session: 3,
  database: 'shop',
  user: 'me',
  sql: `insert into t values ('${token}', $1)`,
  parameters: [null, token, 'plain'],
}
const error = {
  severity: 'ERROR',
  code: '23505',
  message: 'no',
  detail: `Key (${token})`,
  constraint: 'k',
  position: 3,
}
const replies: readonly PostgresReply[] = [
  { type: 'notice', error: { severity: 'NOTICE', code: '00000', message: 'hey' } },
  { type: 'copied', messages: 2, bytes: 20 },
  { type: 'suspended', rows: 1, bytes: 10 },
  { type: 'result', command: 'INSERT 0 1', rows: 0, bytes: 0 },
  { type: 'error', error },
  { type: 'skipped' },
  { type: 'ready', transaction: 'failed' },
  { type: 'notification', channel: 'c', payload: token },
  { type: 'parameter', name: 'TimeZone', value: 'UTC' },
  { type: 'failure', failure: 'reset', message: 'gone' },
]
const content: Content<PostgresQuestion, PostgresReply> = {
  question: asked,
  messages: replies.map((message, i) => ({ ms: i, from: 'service', message })),
}

it('what was written down is read as it was', () => {
  const json = JSON.parse(JSON.stringify(postgresNotation.write(content, noFiles)))
  expect(json.statement.fingerprint).toBe('INSERT INTO t VALUES (?, ?)')
  expect(postgresNotation.read(json, noFiles)).toEqual(content)
  const session = { question: { ...asked, kind: 'connect' as const, sql: '', parameters: [] }, messages: [] }
  expect(postgresNotation.read(postgresNotation.write(session, noFiles), noFiles)).toEqual(session)
})

it('a file that was damaged is said to be so, with the place', () => {
  const json = JSON.parse(JSON.stringify(postgresNotation.write(content, noFiles)))
  json.answer[4].error.code = 5
  expect(() => postgresNotation.read(json, noFiles)).toThrow(/answer\[4\]\.error\.code/)
  expect(() => postgresNotation.read({}, noFiles)).toThrow(/kind/)
})

it('secrets are replaced in the text, in parameters and in what the server quotes', () => {
  const safe = redactPostgres(content, createRedactor())
  expect(JSON.stringify(safe)).not.toContain(token)
  expect(safe.question.parameters[2]).toBe('plain')
  expect(redactPostgres(safe, createRedactor())).toBe(safe)
})
