import { expect, it, describe } from 'vitest'
import { diagnose, type Patient } from '../../src/timeline/diagnosis/diagnose.ts'
import type { Diagnosis } from '../../src/timeline/diagnosis/diagnosis.ts'
import { TimelineBuilder } from './timeline-builder.ts'

function diagnosed(
  error: string | null,
  build: (timeline: TimelineBuilder) => void,
  misses: Patient['misses'] = [],
  durationMs = 100_000,
): Diagnosis {
  const builder = new TimelineBuilder()
  builder.test('takes an order', () => build(builder), error ?? 'failed')
  const [{ test, startedAt, endedAt }] = builder.timeline.tests as [(typeof builder.timeline.tests)[0]]
  return diagnose({
    test,
    error,
    startedAt,
    endedAt,
    durationMs,
    moments: builder.timeline.moments,
    refused: [],
    misses,
  })
}

const failing = (code: string, message: string) => (t: TimelineBuilder) =>
  void t
    .sql('SELECT 1', { rows: 1 })
    .sql('INSERT INTO orders VALUES ($1)', { error: { code, message } })
    .sql('SELECT 2', { rows: 1 })

it.each([
  ['42P01', 'relation "orders" does not exist', 'schema'],
  ['42703', 'column "note" does not exist', 'schema'],
  ['23505', 'duplicate key value violates unique constraint "orders_pkey"', 'constraint'],
  ['23503', 'insert or update on table "orders" violates foreign key constraint', 'constraint'],
  ['40001', 'could not serialize access due to concurrent update', 'serialization'],
  ['40P01', 'deadlock detected', 'deadlock'],
  ['28P01', 'password authentication failed for user "shop"', 'authentication'],
  ['22P02', 'invalid input syntax for type integer: "x"', 'validation'],
  ['57014', 'canceling statement due to statement timeout', 'timeout'],
  ['53300', 'sorry, too many clients already', 'connection'],
])('takes %s for what it is when the error quotes it', (code, message, kind) => {
  expect(diagnosed(`error: ${message}\n    at orders.ts:7`, failing(code, message))).toEqual({
    boundary: 'orders',
    kind,
    because: `INSERT orders was answered by ${code} ${message}; the error of the test quotes its message`,
    exchanges: ['1-2'],
  })
  expect(diagnosed(`DatabaseError ${code}`, failing(code, message))).toMatchObject({ boundary: 'orders', kind })
})

it.each<[string, Parameters<TimelineBuilder['http']>[1], string]>([
  ['503 of api.pay.test', { status: 503 }, 'external-answer'],
  ['429 of api.pay.test', { status: 429 }, 'external-answer'],
  ['401 of api.pay.test', { status: 401 }, 'authentication'],
  ['no such card', { status: 422, answer: '{"error":"no such card was found"}' }, 'validation'],
  ['the service ended by reset', { failure: 'reset' }, 'connection'],
  ['the service ended by timeout', { failure: 'timeout' }, 'timeout'],
])('takes an answer for what it is when the error quotes it: %s', (quoted, how, kind) => {
  const error = quoted === 'no such card' ? 'Error: no such card was found' : `Error: ${quoted}`
  const build = (t: TimelineBuilder): void => void t.http('POST /v1/charges', how).sql('SELECT 1', { rows: 1 })
  expect(diagnosed(error, build)).toMatchObject({ boundary: 'payments', kind })
})

it.each([
  ['MORTAR_FAULT_UNREACHED  the fault `reset` was armed and struck nothing', 'mortar-error'],
  ['MORTAR_USAGE  there is no boundary `order`', 'mortar-error'],
  ['MORTAR_PIN_REFUSED  LISTEN cannot work with `pin`', 'mortar-error'],
  ['MORTAR_NOT_AWAITED  still not so after 50 ms and 3 attempts', 'mortar-error'],
  ['MORTAR_MISS  no recording answers GET /v1/rates', 'miss'],
])('takes an error of its own for the cause: %s', (line, kind) => {
  const because = line.replace('  ', ' ')
  for (const text of [line, `MortarError: ${line}`, `Error: ${line}`]) {
    const found = { boundary: null, kind, because, exchanges: [] }
    expect(diagnosed(`${text}\n   where: orders\n→ what to do`, () => {})).toEqual(found)
    expect(diagnosed(text, (t) => void t.sql('SELECT 1', { rows: 1 }))).toEqual(found)
  }
})

it('looks for what was waited for before it says that it did not come', () => {
  const build = (t: TimelineBuilder): void => void t.http('POST /v1/charges', { failure: 'reset' })
  expect(diagnosed('MORTAR_NOT_AWAITED  still not so after 50 ms', build)).toMatchObject({ boundary: 'payments' })
})

describe('of several failures', () => {
  it('the one that the error quotes is to blame, wherever it stands', () => {
    const build = (t: TimelineBuilder): void =>
      void t
        .sql('INSERT INTO orders VALUES (1)', { error: { code: '23505', message: 'duplicate key value' } })
        .http('GET /v1/rates', { status: 500 })
    expect(diagnosed('error: duplicate key value', build)).toMatchObject({ boundary: 'orders', kind: 'constraint' })
  })

  it('the one that made a transaction fail is the cause of those after it', () => {
    const aborted = {
      code: '25P02',
      message: 'current transaction is aborted, commands ignored until end of transaction block',
    }
    const build = (t: TimelineBuilder): void =>
      void t
        .sql('BEGIN')
        .sql('INSERT INTO notes VALUES (1)', { error: { code: '42P01', message: 'relation "notes" does not exist' } })
        .sql('SELECT 1', { error: aborted })
        .sql('ROLLBACK')
    expect(diagnosed(`error: ${aborted.message}`, build)).toMatchObject({
      kind: 'schema',
      exchanges: ['1-2', '1-3'],
      because: expect.stringContaining('after which SELECT could only fail'),
    })
  })

  it('a status that was answered well later is not guessed at', () => {
    const build = (t: TimelineBuilder): void =>
      void t.http('POST /v1/charges', { status: 503 }).http('POST /v1/charges').sql('SELECT 1', { rows: 1 })
    expect(diagnosed('expected 503 to be 200', build)).toMatchObject({ kind: 'undetermined', boundary: null })
  })
})

it('blames the last failure when nothing but a ROLLBACK came after it', () => {
  const build = (t: TimelineBuilder): void =>
    void t
      .sql('BEGIN')
      .sql('UPDATE stock SET n = -1', { error: { code: '23514', message: 'violates check' } })
      .sql('ROLLBACK')
  expect(diagnosed('expected 500 to be 201', build)).toMatchObject({
    kind: 'constraint',
    because: 'UPDATE stock was answered by 23514 violates check, and nothing was asked after it',
  })
})

it('does not guess when the test went on, or when all went well', () => {
  expect(diagnosed('expected 2 to be 3', failing('23505', 'duplicate key value'))).toMatchObject({
    boundary: null,
    kind: 'undetermined',
    because: '1 of 3 exchanges failed, but the test went on after them and its error names none of them',
  })
  expect(diagnosed('expected 2 to be 3', (t) => void t.sql('SELECT 1', { rows: 1 }))).toMatchObject({
    kind: 'undetermined',
    because: 'the only exchange went well',
  })
  expect(diagnosed('expected 2 to be 3', () => {}).because).toBe('the test asked nothing across a boundary')
})

it('puts a miss before everything else', () => {
  const misses = [{ boundary: 'payments', operation: 'POST /v1/charges', cause: 'different body' }]
  expect(diagnosed('error: duplicate key value', failing('23505', 'duplicate key value'), misses)).toEqual({
    boundary: 'payments',
    kind: 'miss',
    because: 'no recording answers POST /v1/charges (different body)',
    exchanges: [],
  })
})

it('names what was waited for when time ran out, and who has the lock', () => {
  const build = (t: TimelineBuilder): void =>
    void t.sql('BEGIN').sql('UPDATE stock SET n = 1').sql('UPDATE stock SET n = 2', { on: 2, ends: false })
  expect(diagnosed('Error: Test timed out in 5000ms.', build)).toMatchObject({
    boundary: 'orders',
    kind: 'timeout',
    because:
      'time ran out while UPDATE stock had no answer, while another connection of the test had a transaction open since UPDATE stock',
    exchanges: ['1-2', '1-3'],
  })
})

it('names what took most of the time of a test whose time ran out, though it was answered in the end', () => {
  const build = (t: TimelineBuilder): void =>
    void t.sql('SELECT 1', { rows: 1 }).http('POST /v1/charges', { ms: 690 }).sql('SELECT 2', { rows: 1 })
  expect(diagnosed('Error: Test timed out in 700ms.', build, [], 700)).toMatchObject({
    boundary: 'payments',
    kind: 'timeout',
    because: 'time ran out, and POST /v1/charges took 690 of the 700 ms of the test',
  })
  expect(diagnosed('Error: Test timed out in 9000ms.', build, [], 9000)).toMatchObject({ kind: 'undetermined' })
})

it('says that a message was not brought to anybody when that was waited for', () => {
  const build = (t: TimelineBuilder): void => void t.subscribe('orders.>', []).publish('orders.created', '{}')
  expect(diagnosed('still not so after 2000 ms: orders.created was not delivered', build)).toMatchObject({
    boundary: 'events',
    kind: 'queue-delivery',
  })
})

it('blames the broker that never confirmed', () => {
  const build = (t: TimelineBuilder): void => void t.publish('orders.created', '{}', { reply: '_INBOX.1', ends: false })
  expect(diagnosed('Error: timeout', build)).toMatchObject({ boundary: 'events', kind: 'queue-publish' })
})
