import { expect, test } from 'vitest'
import { createRedactor } from '../../src/core/redaction/create-redactor.ts'
import { MortarError } from '../../src/core/errors.ts'
import type { BodyFiles, Question } from '../../src/core/protocol.ts'
import type { Wording } from '../../src/core/wire.ts'
import { loadNotations, notationOf } from '../../src/protocols/notations.ts'
import { protocols } from '../../src/protocols/registry.ts'
import { wires } from '../../src/protocols/wires.ts'
import { readCassette } from '../../src/store/cassette.ts'
import { inEachPlace } from '../support/odd-values.ts'

const sql = {
  sql: 'SELECT a FROM b WHERE c = $1',
  fingerprint: 'select',
  parameters: ['1', null],
  session: 1,
  user: 'u',
  database: 'd',
}
const failure = { ms: 9, type: 'failure', failure: 'reset', message: 'gone' }
/** What each protocol keeps of an exchange, with everything that it can keep. */
const contents: Readonly<Record<string, readonly object[]>> = {
  http: [
    {
      request: {
        method: 'POST',
        url: 'https://a.test/x?y=1',
        version: '1.1',
        headers: [['content-type', 'application/json']],
        body: { json: { a: [1, 'b', null] }, indent: 2, end: '\n' },
        trailers: [['x', 'y']],
      },
      informational: [{ ms: 1, status: 103, headers: [['link', 'a']] }],
      response: {
        ms: 2,
        status: 200,
        reason: 'OK',
        version: '1.1',
        headers: [['content-type', 'text/plain']],
        body: { lines: ['a', 'b'] },
        chunks: [
          [2, 1],
          [3, 2],
        ],
        trailers: [['x', 'y']],
        trailersMs: 4,
      },
    },
    {
      request: { method: 'GET', url: 'https://a.test/', headers: [], body: { base64: 'AP8=' } },
      response: { status: 101, headers: [['upgrade', 'websocket']], body: { text: 'x' } },
      frames: [
        { ms: 3, from: 'client', kind: 'ping', fin: false, text: 'a' },
        { ms: 4, from: 'service', json: { a: 1 }, spaced: true },
      ],
      failure: { ms: 5, failure: 'reset', message: 'm' },
    },
    {
      request: { method: 'GET', url: 'https://a.test/', headers: [], body: { file: 'sha256-x.bin', bytes: 1 } },
      steps: [
        { type: 'head', ms: 1, from: 'service', status: 200, headers: [] },
        { type: 'data', ms: 1, from: 'client', text: 'x' },
      ],
    },
  ],
  tcp: [
    {
      connection: { origin: 'tcp://a.test:1' },
      steps: [
        { ms: 1, from: 'client', text: 'a' },
        { ms: 2, from: 'service', type: 'end' },
        { ...failure, from: 'service' },
      ],
    },
  ],
  postgres: [
    {
      statement: sql,
      answer: [
        {
          ms: 1,
          type: 'result',
          command: 'SELECT 1',
          rows: 1,
          bytes: 3,
          fields: [{ name: 'a', type: 23, table: 1, column: 1, size: 4, modifier: -1, format: 0 }],
          data: [['1', null, { base64: 'AP8=' }]],
        },
        { ms: 2, type: 'description', parameters: [23], fields: null },
        { ms: 2, type: 'copying', way: 'in', format: 0, columns: [0] },
        { ms: 2, from: 'client', type: 'copied', messages: 1, bytes: 1, data: ['a'] },
        { ms: 3, type: 'error', error: { severity: 'ERROR', code: '23505', message: 'm', detail: 'd', position: 3 } },
        { ms: 3, type: 'notification', channel: 'c', payload: 'p', after: 1 },
        { ms: 3, type: 'parameter', name: 'n', value: 'v' },
        { ms: 4, type: 'ready', transaction: 'idle' },
        failure,
      ],
    },
  ],
  mysql: [
    {
      query: { ...sql, cut: true },
      answer: [
        { ms: 1, type: 'done', affected: 1, insertId: '9', info: 'i', warnings: 1, transaction: true },
        {
          ms: 2,
          type: 'rows',
          rows: 1,
          bytes: 2,
          columns: [{ name: 'a', type: 'long', length: 11, table: 't', charset: 63, flags: 1, decimals: 0 }],
          values: [['1', null, { base64: 'AP8=' }]],
        },
        { ms: 3, type: 'error', error: { errno: 1062, sqlstate: '23000', message: 'm' } },
        { ms: 3, type: 'file', name: 'f', bytes: 1 },
        failure,
      ],
    },
  ],
  redis: [
    {
      command: { session: 1, database: 2, args: ['SET', 'a', { base64: 'AP8=' }] },
      steps: [
        { ms: 1, reply: { map: [['a', { double: '1.5' }]], size: 2 }, bytes: 3 },
        { ms: 1, push: { push: ['message', 'c', { bulk: 'x', size: 9 }] }, bytes: 3 },
        { ms: 1, executed: [1, true, null, { null: 'array' }, { set: ['a'] }], bytes: 3 },
        { ms: 1, reply: { attribute: [['a', 'b']], of: { error: 'ERR x' } }, bytes: 3 },
        { ms: 1, reply: { verbatim: 'txt:a' }, bytes: 3 },
        failure,
      ],
    },
  ],
  amqp: [
    {
      amqp: {
        kind: 'publish',
        session: 1,
        channel: 1,
        name: 'basic.publish',
        fields: { exchange: 'e', routingKey: 'r', mandatory: true },
        properties: { contentType: 'application/json', headers: { a: 1 }, timestamp: 1 },
        body: { json: { a: 1 } },
        size: 9,
      },
      steps: [
        { ms: 1, type: 'confirm', ack: true },
        { ms: 1, type: 'return', code: 312, text: 'NO_ROUTE' },
        { ms: 1, type: 'closed', what: 'channel', code: 406, text: 'x' },
        failure,
      ],
    },
    {
      amqp: {
        kind: 'get',
        session: 1,
        channel: 1,
        name: 'basic.get',
        fields: { queue: 'q', noAck: false },
      },
      steps: [
        {
          ms: 1,
          type: 'message',
          exchange: 'e',
          routingKey: 'r',
          redelivered: false,
          messageCount: 1,
          properties: { headers: { a: { b: [1] } }, deliveryMode: 2 },
          body: { text: 'x' },
        },
        { ms: 1, type: 'ok', name: 'basic.get-ok', fields: { deliveryTag: '1' } },
        { ms: 1, type: 'delivery', after: 1 },
        { ms: 1, from: 'client', type: 'settle', how: 'ack', requeue: false },
      ],
    },
  ],
  nats: [
    {
      nats: {
        kind: 'publish',
        session: 1,
        subject: 's',
        reply: 'r',
        queue: 'q',
        options: { name: 'n', verbose: true },
        headers: ['NATS/1.0', 'a: b', '', ''],
        body: { text: 'x' },
        size: 2,
      },
      steps: [
        { ms: 1, subject: 's', reply: 'r', after: 1, headers: ['NATS/1.0 503'], body: { text: 'x' }, size: 2 },
        { ms: 1, type: 'ack', ack: '+ACK', stream: 's', sequence: 1 },
        { ms: 1, type: 'info', info: { server_id: 'a', max_payload: 1 } },
        { ms: 1, type: 'error', message: 'm' },
        failure,
      ],
    },
  ],
  mqtt: [
    {
      mqtt: {
        kind: 'connect',
        session: 1,
        version: 5,
        clientId: 'c',
        filters: ['a/#'],
        options: { keepAlive: 1, properties: { userProperty: [['a', 'b']] } },
        topic: 't',
        qos: 1,
        retain: true,
        properties: { contentType: 'x', userProperty: [['a', 'b']] },
        body: { text: 'x' },
        size: 2,
      },
      steps: [
        { ms: 1, topic: 't', qos: 1, properties: { contentType: 'x' }, after: 1, duplicate: true, body: { text: 'x' } },
        { ms: 1, type: 'ack', packet: 'CONNACK', reasons: [0], text: 'x' },
        { ms: 1, type: 'disconnect', reason: 1, text: 'x' },
        failure,
      ],
    },
  ],
}

const redactor = createRedactor()
const bodies: BodyFiles = { put: () => 'sha256-x.bin', get: () => Buffer.from('x') }

async function wordingOf(protocol: string): Promise<Wording<Question<unknown>, unknown>> {
  const load = Object.hasOwn(wires, protocol)
    ? wires[protocol as keyof typeof wires]
    : protocols[protocol as keyof typeof protocols]
  return (await load()) as unknown as Wording<Question<unknown>, unknown>
}

function cassetteOf(protocol: string, content: unknown): object {
  return {
    mortar: 1,
    test: { file: 'a.test.ts', name: 'a' },
    recorded: { at: '2026-11-20T10:15:00.000Z', by: 'mortar', on: 'linux', ci: false },
    exchanges: [
      {
        id: 'a',
        boundary: 'b',
        protocol,
        operation: 'o',
        effect: true,
        at: '2026-11-20T10:14:58.120Z',
        ms: 84.31,
        ending: 'open',
        ...(content as object),
      },
    ],
    redactions: [{ kind: 'k', count: 1, where: ['w'] }],
  }
}

/** Reads a cassette and tells all that can be told of it; it may only be refused with a code. */
async function readOrRefused(cassette: unknown, wording: Wording<Question<unknown>, unknown>): Promise<void> {
  try {
    const { exchanges } = readCassette(JSON.stringify(cassette), '/a.json', notationOf, bodies)
    for (const exchange of exchanges) {
      const content = { question: exchange.question as Question<unknown>, messages: exchange.messages }
      const replies = content.messages.map(({ message }) => message)
      wording.identify(content.question)
      wording.facets(content.question)
      wording.describe(content.question)
      wording.summarize(content.question)
      wording.outcome(replies)
      wording.endless?.(replies)
      wording.notation.write(wording.redact(content, redactor), bodies)
    }
  } catch (error) {
    if (!MortarError.is(error)) throw error
  }
}

test('each odd value in each place around the exchanges of a cassette is read or refused with a code', async () => {
  const wording = await wordingOf('tcp')
  await inEachPlace(cassetteOf('tcp', contents['tcp']![0]!), (cassette) => readOrRefused(cassette, wording))
})

test.each(
  Object.entries(contents).flatMap(([protocol, each]) => each.map((content, i) => [protocol, i, content] as const)),
)(
  'each odd value in each place of an exchange of %s (%i) is told or refused with a code',
  async (name, _i, content) => {
    await loadNotations([name])
    const wording = await wordingOf(name)
    const text = JSON.stringify(cassetteOf(name, content))
    expect(readCassette(text, '/a.json', notationOf, bodies).exchanges[0]?.messages.length).toBeGreaterThan(0)
    await inEachPlace(content, (changed) => readOrRefused(cassetteOf(name, changed), wording))
  },
)
