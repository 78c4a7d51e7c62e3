import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import type { BodyFiles } from '../../core/protocol.ts'
import { createRedactor } from '../../core/redaction/create-redactor.ts'
import { anyColumn } from './columns.ts'
import type { MysqlQuestion, MysqlReply } from './message.ts'
import { mysqlWire } from './mysql-wire.ts'

const wire = mysqlWire()
const asked = (sql: string, more: Partial<MysqlQuestion> = {}): MysqlQuestion => ({
  kind: 'query',
  session: 1,
  database: 'shop',
  user: 'app',
  sql,
  parameters: [],
  ...more,
})
const rows: MysqlReply = {
  type: 'rows',
  rows: 2,
  bytes: 20,
  warnings: 1,
  transaction: true,
  columns: [
    { ...anyColumn, name: 'id', orgName: 'id', table: 'o', orgTable: 'orders', schema: 'shop', type: 3 },
    { ...anyColumn, name: 'photo', orgName: '', type: 252, format: 'json', dataType: 'x' },
    { ...anyColumn, name: 'odd', type: 200, charset: 45, decimals: 2 },
  ],
  values: [
    ['1', new Uint8Array([0, 255, 9]), null],
    ['2', new Uint8Array(1000).fill(200), 'two\nlines \u0001'],
  ],
  cut: true,
}
const done: MysqlReply = { type: 'done', affected: 3, insertId: 7, warnings: 0, info: 'x', transaction: true }
const refused: MysqlReply = { type: 'error', error: { errno: 1062, sqlstate: '23000', message: 'Duplicate entry' } }

describe('what people read of a statement', () => {
  it.each([
    [asked('insert into orders values (?)', { kind: 'execute', parameters: ['5', null] }), 'INSERT orders', true],
    [asked('select 1 from orders', { kind: 'prepare' }), 'PREPARE SELECT orders', false],
    [asked('', { kind: 'connect' }), 'CONNECT', false],
    [asked('PING', { kind: 'command' }), 'PING', false],
    [asked('DROP DATABASE shop', { kind: 'command' }), 'DROP DATABASE shop', true],
  ])('its operation', (question, name, effect) => {
    expect(wire.describe(question)).toEqual({ name, effect })
  })

  it('its line and what came of it', () => {
    const question = asked('insert into orders values (?)', { kind: 'execute', parameters: ['5', null] })
    expect(wire.summarize(question)).toBe('INSERT INTO orders VALUES (?)  [5, NULL]')
    expect(wire.summarize(asked('', { kind: 'connect' }))).toBe('CONNECT app@shop')
    expect(wire.outcome([rows, done])).toEqual({ summary: '2 rows; 3 affected', ok: true })
    expect(wire.outcome([refused])).toEqual({ summary: '1062 (23000) Duplicate entry', ok: false })
    expect(wire.outcome([])).toEqual({ summary: 'no answer', ok: false })
    expect(wire.outcome([{ type: 'failure', failure: 'reset', message: 'gone' }])).toMatchObject({ failure: 'reset' })
  })
})

it('two statements are the same one by text and values, whatever the connection and the database', () => {
  const identity = (question: MysqlQuestion): string => JSON.stringify(wire.identify(question))
  const one = asked('select ?', { kind: 'execute', parameters: ['1'] })
  expect(identity(one)).toBe(identity({ ...one, kind: 'query', session: 9, database: 'other', user: 'me' }))
  expect(identity(one)).not.toBe(identity({ ...one, parameters: ['2'] }))
  expect(identity(one)).not.toBe(identity({ ...one, parameters: [null] }))
  expect(wire.facets(one)).toEqual([
    { path: 'sql', value: 'select ?' },
    { path: 'parameters[0]', value: '1' },
  ])
})

it('exchanges are written down and read again without loss', () => {
  const kept = new Map<string, Uint8Array>()
  const files: BodyFiles = {
    put: (bytes) => {
      kept.set(String(kept.size), bytes)
      return String(kept.size - 1)
    },
    get: (name) => kept.get(name)!,
  }
  const replies: MysqlReply[] = [
    rows,
    done,
    { ...done, insertId: '18446744073709551615', info: '' },
    refused,
    { type: 'ready', version: '10.11' },
    { type: 'file', name: 'x.csv', bytes: 4 },
    { type: 'failure', failure: 'reset', message: 'gone' },
  ]
  const messages = replies.map((message, i) => ({ ms: i, from: 'service' as const, message }))
  for (const question of [asked('select 1', { parameters: ['a', null], cut: true }), asked('', { kind: 'connect' })]) {
    const json = JSON.parse(JSON.stringify(wire.notation.write({ question, messages }, files))) as JsonObject
    const read = wire.notation.read(json, files)
    expect(read.question).toEqual(question)
    expect(read.messages).toEqual(messages)
  }
  expect(() => wire.notation.read({ query: { sql: 1 } }, files)).toThrow(
    expect.objectContaining({ code: 'MORTAR_CASSETTE_UNREADABLE' }),
  )
})

it('credentials are replaced in statements, values of columns and errors', () => {
  const token = 'ghp_0123456789abcdefghijklmnopqrstuvwxyz'
  const content = {
    question: asked(`select '${token}'`, { parameters: [token] }),
    messages: [
      { ...rows, columns: [{ ...anyColumn, name: 'password' }], values: [['hunter2'], [null]] } as MysqlReply,
      { type: 'error', error: { errno: 1, sqlstate: 'HY000', message: `near ${token}` } } as MysqlReply,
    ].map((message) => ({ ms: 0, from: 'service' as const, message })),
  }
  const safe = JSON.stringify(wire.redact(content, createRedactor()))
  expect(safe).not.toContain(token)
  expect(safe).not.toContain('hunter2')
  const plain = { question: asked('select 1'), messages: [] }
  expect(wire.redact(plain, createRedactor())).toBe(plain)
})
