import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Sender } from '../../core/exchange.ts'
import type { Recorder } from '../../core/recorder.ts'
import { AnswerWriter } from './answer-writer.ts'
import { anyColumn } from './columns.ts'
import { int16, int32, packet } from './encode.ts'
import { maskGreeting, readGreeting, readLogin, writeGreeting, writeLogin } from './handshake.ts'
import type { MysqlQuestion, MysqlReply } from './message.ts'
import { MysqlSession } from './session.ts'
import { capability, command } from './types.ts'

const capabilities =
  capability.protocol41 | capability.pluginAuth | capability.connectWithDatabase | capability.pluginDataLengthEncoded
const scramble = Buffer.from('abcdefghijklmnopqrst')
const greeting = { version: '10.11.0-MariaDB', thread: 7, capabilities, scramble, plugin: 'mysql_native_password' }
const login = { capabilities, user: 'app', database: 'shop', plugin: 'mysql_native_password', answer: Buffer.from('x') }
const opening: readonly (readonly [Sender, Buffer])[] = [
  ['service', packet(0, writeGreeting(greeting))],
  ['client', packet(1, writeLogin(login))],
  ['service', ok(2)],
]

it('reads what a greeting and a login say', () => {
  expect(readGreeting(writeGreeting(greeting))).toEqual(greeting)
  expect(readLogin(writeLogin(login))).toEqual({ ...login, own: 0 })
})

it('hides in the greeting only what could not be followed', () => {
  const all = { ...greeting, capabilities: 0xff_ff_ff_fe }
  const masked = maskGreeting(writeGreeting(all, 0xff), false)
  const hidden = capability.compress | capability.tls | capability.zstd | capability.optionalMetadata
  expect(readGreeting(masked)).toEqual({ ...all, capabilities: (all.capabilities & ~hidden) >>> 0 })
  expect(maskGreeting(masked, false).equals(masked)).toBe(true)
})

it('tells rows of one packet after the other, whatever chunks they come in', () => {
  fc.assert(
    fc.property(fc.infiniteStream(fc.integer({ min: 1, max: 30 })), (sizes) => {
      const notes = takeNotes()
      const session = opened(notes.recorder)
      const answer = new AnswerWriter(1)
      const rows = { rows: 2, bytes: 4, warnings: 0, transaction: true, values: [['1'], [null]] } as const
      answer.rows({ type: 'rows', ...rows, columns: [{ ...anyColumn, name: 'n' }] }, { binary: false })
      session.take('client', packet(0, Buffer.from([command.query]), Buffer.from('SELECT n FROM orders')))
      for (let bytes = answer.take(); bytes.length > 0;) {
        const size = sizes.next().value as number
        session.take('service', bytes.subarray(0, size))
        bytes = bytes.subarray(size)
      }
      expect(session.answered).toBe(true)
      expect(session.transaction).toBe(true)
      expect(notes.all.at(-1)).toMatchObject({
        question: { sql: 'SELECT n FROM orders', database: 'shop', user: 'app' },
        replies: [{ type: 'rows', rows: 2, values: [['1'], [null]] }],
        ending: 'complete',
      })
    }),
    { numRuns: 50 },
  )
})

it('understands a client that does not wait for answers', () => {
  const notes = takeNotes()
  const session = opened(notes.recorder)
  for (const sql of ['SELECT 1', 'SELECT 2'])
    session.take('client', packet(0, Buffer.from([command.query]), Buffer.from(sql)))
  session.take('service', ok(1, 5))
  session.take('service', packet(1, Buffer.from([0xff]), int16(1064), Buffer.from('#42000no')))
  expect(notes.all.slice(1).map(({ replies }) => replies[0])).toMatchObject([
    { type: 'done', affected: 5 },
    { type: 'error', error: { errno: 1064, sqlstate: '42000', message: 'no' } },
  ])
})

it('knows what is executed before the server has said that it is prepared', () => {
  const notes = takeNotes()
  const session = opened(notes.recorder)
  session.take('client', packet(0, Buffer.from([command.prepare]), Buffer.from('DELETE FROM orders')))
  session.take('client', packet(0, Buffer.from([command.execute]), int32(0xff_ff_ff_ff), Buffer.alloc(1), int32(1)))
  session.take('service', packet(1, Buffer.from([0]), int32(4), int16(0), int16(0), Buffer.alloc(3)))
  session.take('service', ok(1, 3))
  expect(notes.all.at(-1)).toMatchObject({
    question: { kind: 'execute', sql: 'DELETE FROM orders' },
    replies: [{ type: 'done', affected: 3 }],
  })
})

it('rows that are fetched some at a time belong to the statement', () => {
  const notes = takeNotes()
  const session = opened(notes.recorder)
  session.take('client', packet(0, Buffer.from([command.prepare]), Buffer.from('SELECT n')))
  session.take('service', packet(1, Buffer.from([0]), int32(4), int16(0), int16(0), Buffer.alloc(3)))
  session.take('client', packet(0, Buffer.from([command.execute]), int32(4), Buffer.from([1]), int32(1)))
  const begin = new AnswerWriter(1)
  begin.message(Buffer.from([1]))
  begin.columns([{ ...anyColumn, name: 'n' }])
  const bytes = begin.take()
  // The message behind the columns says that there is a cursor.
  bytes[bytes.length - 2] = 64
  session.take('service', bytes)
  for (const last of [false, true]) {
    session.take('client', packet(0, Buffer.from([command.fetch]), int32(4), int32(1)))
    session.take('service', packet(1, Buffer.from([0, 0, 1, 0x61])))
    session.take('service', packet(2, Buffer.from([0xfe]), int16(0), int16(last ? 128 : 64)))
  }
  expect(notes.all.at(-1)).toMatchObject({
    question: { kind: 'execute', sql: 'SELECT n' },
    replies: [{ type: 'rows', rows: 2, values: [['a'], ['a']] }],
    ending: 'complete',
  })
  expect(session.answered).toBe(true)
})

it('is lost, and says so once, when the server is no MySQL', () => {
  const notes = takeNotes()
  const session = new MysqlSession({ recorder: notes.recorder })
  session.take('service', packet(0, Buffer.from('SSH-2.0-OpenSSH')))
  expect(session.lost).toBe(true)
  session.end('reset')
  expect(notes.all.map(({ replies, ending }) => [replies, ending])).toMatchObject([
    [[{ type: 'failure', failure: 'malformed' }], 'complete'],
  ])
})

it('survives any bytes from either side, before and after the login', () => {
  const kinds = fc.constantFrom(...Object.values(command), 0, 0xfb, 0xfe, 0xff)
  const message = fc
    .tuple(kinds, fc.uint8Array({ maxLength: 50 }))
    .map(([kind, bytes]) => packet(1, Buffer.from([kind]), bytes))
  const chunk = fc.oneof(
    { weight: 4, arbitrary: message },
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  )
  const turn = fc.tuple(fc.constantFrom<Sender>('client', 'service'), chunk)
  fc.assert(
    fc.property(fc.boolean(), fc.array(turn, { maxLength: 30 }), (loggedIn, turns) => {
      const notes = takeNotes()
      const session = loggedIn ? opened(notes.recorder) : new MysqlSession({ recorder: notes.recorder })
      for (const [from, bytes] of turns) expect(session.take(from, bytes)).toBe(bytes.length)
      session.end()
      for (const { ending } of notes.all) expect(ending).not.toBe('open')
    }),
    { numRuns: 500 },
  )
})

function opened(recorder: Recorder<MysqlQuestion, MysqlReply>): MysqlSession {
  const session = new MysqlSession({ recorder })
  for (const [from, bytes] of opening) session.take(from, bytes)
  expect(session.open).toBe(true)
  return session
}

function ok(sequence: number, affected = 0): Buffer {
  const answer = new AnswerWriter(sequence)
  answer.done({ affected, insertId: 0, warnings: 0, info: '', transaction: false })
  return answer.take()
}

interface Note {
  readonly question: MysqlQuestion
  readonly replies: MysqlReply[]
  ending: string
}

function takeNotes(): { all: Note[]; recorder: Recorder<MysqlQuestion, MysqlReply> } {
  const all: Note[] = []
  return {
    all,
    recorder: {
      open(question) {
        const note: Note = { question, replies: [], ending: 'open' }
        all.push(note)
        return {
          message: (_from, reply) => void note.replies.push(reply),
          close(ending) {
            if (note.ending !== 'open') throw new Error('closed twice')
            note.ending = ending
          },
        }
      },
    },
  }
}
