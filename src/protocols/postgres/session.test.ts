import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Recorder } from '../../core/recorder.ts'
import { errorResponse, flush, message, query, readyForQuery, sync } from './encode.ts'
import type { PostgresQuestion, PostgresReply } from './message.ts'
import { outcomeOf } from './outcome.ts'
import { PostgresSession } from './session.ts'
import { fromClient, fromServer } from './types.ts'

const zero = Buffer.alloc(4)
const parse = (name: string, sql: string): Buffer => message(fromClient.parse, name, sql, Buffer.alloc(2))
const bind = (portal: string, name: string, values: readonly string[] = []): Buffer =>
  message(
    fromClient.bind,
    portal,
    name,
    Buffer.from([0, 0, 0, values.length]),
    ...values.map((value) => Buffer.concat([Buffer.from([0, 0, 0, value.length]), Buffer.from(value)])),
    Buffer.alloc(2),
  )
const execute = (portal = ''): Buffer => message(fromClient.execute, portal, zero)
const ask = (sql: string, ...values: string[]): Buffer =>
  Buffer.concat([parse('', sql), bind('', '', values), message(fromClient.describe, Buffer.from('P'), ''), execute()])
const one = (type: number): Buffer => message(type)
const done = (tag: string): Buffer => message(fromServer.commandComplete, tag)
const error = (code: string): Buffer => errorResponse({ S: 'ERROR', V: 'ERROR', C: code, M: 'no' })
const answered = (tag: string): Buffer =>
  Buffer.concat([
    one(fromServer.parseComplete),
    one(fromServer.bindComplete),
    one(fromServer.noData),
    message(fromServer.dataRow, Buffer.alloc(10)),
    done(tag),
  ])

type Step = readonly [side: 'client' | 'server', bytes: Buffer]

function follow(
  steps: readonly Step[],
  size = Number.POSITIVE_INFINITY,
): { lines: string[]; session: PostgresSession } {
  const taken: { question: PostgresQuestion; replies: PostgresReply[]; ending: string }[] = []
  const recorder: Recorder<PostgresQuestion, PostgresReply> = {
    open(question) {
      const exchange = { question, replies: [] as PostgresReply[], ending: 'open' }
      taken.push(exchange)
      return {
        message: (_from, reply) => void exchange.replies.push(reply),
        close: (ending) => void (exchange.ending = ending),
      }
    },
  }
  const session = new PostgresSession({ parameters: new Map([['user', 'me']]), recorder })
  for (const [side, bytes] of [['server', readyForQuery('I')] as const, ...steps])
    for (let at = 0; at < bytes.length; at += Math.min(size, bytes.length))
      session[side](bytes.subarray(at, at + Math.min(size, bytes.length)))
  const lines = taken
    .filter(({ question }) => question.kind !== 'connect')
    .map(({ question, replies, ending }) => {
      const last = replies.at(-1)
      const status = last?.type === 'ready' ? last.transaction : ending
      return `${question.kind === 'prepare' ? 'prepare ' : ''}${question.sql} [${question.parameters.join()}] → ${outcomeOf(replies).summary}, ${status}`
    })
  return { lines, session }
}

/** Each case: what crosses the wire, what is taken down. */
const cases: Readonly<Record<string, readonly [steps: readonly Step[], lines: readonly string[]]>> = {
  'a simple query with two statements': [
    [
      ['client', query('a; b')],
      ['server', Buffer.concat([done('A'), done('B'), readyForQuery('T')])],
    ],
    ['a; b [] → A; B, open'],
  ],
  'three pipelined groups, an error in the middle one': [
    [
      ['client', Buffer.concat([ask('a', '1'), sync, ask('b'), ask('c'), sync, ask('d'), sync])],
      ['server', Buffer.concat([answered('A'), readyForQuery('I')])],
      ['server', Buffer.concat([one(fromServer.parseComplete), error('22012'), readyForQuery('I')])],
      ['server', Buffer.concat([answered('D'), readyForQuery('I')])],
    ],
    ['a [1] → 1 row, idle', 'b [] → 22012 no, idle', 'c [] → skipped after an error, idle', 'd [] → 1 row, idle'],
  ],
  'an error that comes before the client has sent the rest of its group': [
    [
      ['client', parse('', 'bad')],
      ['server', error('42601')],
      ['client', Buffer.concat([bind('', ''), execute(), sync])],
      ['client', query('good')],
      ['server', Buffer.concat([readyForQuery('I'), done('G'), readyForQuery('I')])],
    ],
    ['prepare bad [] → 42601 no, idle', 'good [] → G, idle'],
  ],
  'a named statement that is executed again': [
    [
      ['client', Buffer.concat([parse('s', 'named'), bind('', 's', ['1']), execute(), sync])],
      ['server', Buffer.concat([one(49), one(50), done('N'), readyForQuery('I')])],
      ['client', Buffer.concat([bind('p', 's', ['2']), execute('p'), flush])],
      ['server', Buffer.concat([one(50), message(fromServer.portalSuspended)])],
      ['client', Buffer.concat([execute('p'), sync])],
      ['server', Buffer.concat([done('N'), readyForQuery('I')])],
    ],
    ['named [1] → N, idle', 'named [2] → 0 rows, more to come, idle', 'named [2] → N, idle'],
  ],
  'COPY in extended messages, whose first Sync is ignored': [
    [
      ['client', Buffer.concat([parse('', 'copy'), bind('', ''), execute(), sync])],
      ['server', Buffer.concat([one(49), one(50), message(fromServer.copyIn, Buffer.alloc(3))])],
      ['client', Buffer.concat([message(fromClient.copyData, Buffer.alloc(7)), one(fromClient.copyDone), sync])],
      ['server', Buffer.concat([done('COPY 1'), readyForQuery('I')])],
      ['client', query('next')],
      ['server', Buffer.concat([done('N'), readyForQuery('I')])],
    ],
    ['copy [] → COPY 1, idle', 'next [] → N, idle'],
  ],
  'COPY in a simple query, with another one already sent behind it': [
    [
      ['client', query('copy')],
      ['server', message(fromServer.copyIn, Buffer.alloc(3))],
      [
        'client',
        Buffer.concat([message(fromClient.copyData, Buffer.alloc(7)), one(fromClient.copyDone), query('next')]),
      ],
      ['server', Buffer.concat([done('COPY 1'), readyForQuery('I'), done('N'), readyForQuery('I')])],
    ],
    ['copy [] → COPY 1, idle', 'next [] → N, idle'],
  ],
  'notices and parameters between answers': [
    [
      ['client', query('a')],
      ['server', message(fromServer.parameterStatus, 'search_path', 'x')],
      ['server', message(fromServer.notice, 'SNOTICE', 'C00000', 'Mhey', Buffer.alloc(1))],
      ['server', Buffer.concat([done('A'), readyForQuery('I')])],
    ],
    ['a [] → A, idle'],
  ],
}

describe('a session', () => {
  it.each(Object.entries(cases))('gives each answer to its question: %s', (_name, [steps, lines]) => {
    const { lines: seen, session } = follow(steps)
    expect(seen).toEqual(lines)
    expect(session.settled).toBe(true)
  })

  it('sees the same in chunks of any size', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(cases)), fc.integer({ min: 1, max: 64 }), ([steps, lines], size) => {
        expect(follow(steps, size).lines).toEqual(lines)
      }),
    )
  })

  it('knows the statements that the server accepted, by name', () => {
    const { session } = follow([
      ['client', Buffer.concat([parse('good', 'a'), parse('bad', 'b'), sync])],
      ['server', Buffer.concat([one(49), error('42601'), readyForQuery('I')])],
    ])
    expect(session.statements.named().map(({ name, sql }) => [name, sql])).toEqual([['good', 'a']])
  })

  it('survives any messages in any order, and bytes that are none', () => {
    const type = fc.constantFrom(...Object.values(fromClient), ...Object.values(fromServer))
    const step = fc.tuple(
      fc.constantFrom('client' as const, 'server' as const),
      fc.oneof(
        {
          weight: 9,
          arbitrary: fc.tuple(type, fc.uint8Array({ maxLength: 20 })).map(([t, b]) => message(t, Buffer.from(b))),
        },
        { weight: 1, arbitrary: fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)) },
      ),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { session } = follow(steps)
        session.end('reset', 'gone')
      }),
    )
  })
})
