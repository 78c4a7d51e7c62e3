import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createRedactor } from '../../core/redaction/create-redactor.ts'
import type { BodyFiles, Content } from '../../core/protocol.ts'
import type { Field, PostgresQuestion, PostgresReply, Row } from './message.ts'
import { postgresNotation } from './notation.ts'
import { redactPostgres } from './redact.ts'
import { encodeFieldList, encodeRow, encodeTypes, readFieldList, readRow, readTypes } from './rows.ts'
import { sameReply } from './same-reply.ts'

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

const oid = fc.nat({ max: 0xffffffff })
const field: fc.Arbitrary<Field> = fc.record({
  name: fc.string().filter((name) => !name.includes('\0')),
  table: oid,
  column: fc.integer({ min: -10, max: 1600 }),
  type: oid,
  size: fc.integer({ min: -2, max: 32767 }),
  modifier: fc.integer({ min: -1, max: 2 ** 31 - 1 }),
  format: fc.constantFrom(0, 1),
})
const cell = fc.oneof(
  fc.constant(null),
  fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
  fc.json().map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
)
const rowsOf = fc.array(fc.array(cell, { maxLength: 4 }), { minLength: 1, maxLength: 5 })
const fieldsOf = fc.option(fc.array(field, { maxLength: 4 }))

it('rows, columns and COPY data are read from JSON as they came from the wire', () => {
  fc.assert(
    fc.property(fieldsOf, rowsOf, fc.array(oid), fc.boolean(), (fields, data, parameters, cut) => {
      const kept = new Map<string, Uint8Array>()
      const files: BodyFiles = {
        put(bytes) {
          kept.set(`${kept.size}`, bytes)
          return `${kept.size - 1}`
        },
        get: (name) => kept.get(name)!,
      }
      const list = fields && readFieldList(encodeFieldList(fields).subarray(5))
      expect(list).toEqual(fields)
      const rows: Row[] = data.map((row) => readRow(encodeRow(row).subarray(5)))
      const counted = { rows: rows.length, bytes: 9, ...(fields !== undefined && { fields: list }) }
      const written: readonly PostgresReply[] = [
        { type: 'result', command: 'SELECT', ...counted, data: rows, ...(cut && { cut }) },
        { type: 'suspended', ...counted },
        { type: 'copying', way: 'in', format: 0, columns: [0, 1] },
        { type: 'copied', messages: 1, bytes: 9, data: rows.flat().flatMap((each) => each ?? []) },
        { type: 'description', parameters: readTypes(encodeTypes(parameters).subarray(5)), fields: list },
        { type: 'notification', channel: 'c', payload: 'p', after: 3 },
      ]
      const messages = written.map((message) => ({ ms: 1, from: 'service' as const, message }))
      const json = JSON.parse(JSON.stringify(postgresNotation.write({ question: asked, messages }, files)))
      expect(bytesOf(postgresNotation.read(json, files).messages)).toEqual(bytesOf(messages))
      expect(bytesOf(rows)).toEqual(bytesOf(data))
    }),
  )
})

it('secrets of rows go by the name of the column, by the names in JSON, and by what they look like', () => {
  const fields = ['password', 'doc', 'raw', 'n'].map((name, i) => ({
    name,
    table: 0,
    column: 0,
    size: -1,
    modifier: -1,
    type: [25, 3802, 17, 23][i]!,
    format: i === 0 ? 0 : 1,
  }))
  const doc = Buffer.from('\x01{"password":"hunter2"}')
  const row: Row = [Buffer.from('hunter2'), doc, Buffer.from(token), Buffer.from([0, 0, 0, 7])]
  const message: PostgresReply = { type: 'result', command: 'SELECT 1', rows: 1, bytes: 90, fields, data: [row] }
  const copied: PostgresReply = { type: 'copied', messages: 1, bytes: 50, data: [Buffer.from(`1\t${token}\n`)] }
  const before = { question: { ...asked, sql: '', parameters: [] }, messages: [message, copied].map(timed) }
  const [after, data] = redactPostgres(before, createRedactor()).messages.map((each) => each.message)
  const cells = after?.type === 'result' ? after.data![0]!.map((each) => Buffer.from(each!).toString()) : []
  expect(cells[0]).toMatch(/^\{\{password:/)
  expect(cells[1]).toMatch(/^\x01\{"password":"\{\{password:/)
  // A binary value of another type would be broken.
  expect(cells.slice(2)).toEqual([token, '\0\0\0\x07'])
  expect(JSON.stringify(bytesOf(data))).not.toContain('ghp_')
  expect(sameReply(copied, data!)).toBe(true)
  expect(sameReply({ ...copied, data: [Buffer.from(`2\t${token}\n`)] }, data!)).toBe(false)
})

function timed<T>(message: T): { ms: number; from: 'service'; message: T } {
  return { ms: 0, from: 'service', message }
}

/** Bytes compare by what they hold, whatever class they are of. */
function bytesOf(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1')
  if (Array.isArray(value)) return value.map(bytesOf)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, bytesOf(each)]))
}
