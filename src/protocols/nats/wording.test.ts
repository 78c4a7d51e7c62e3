import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import type { Content } from '../../core/protocol.ts'
import { createRedactor } from '../../core/redaction/create-redactor.ts'
import { deliveryOf, redelivered } from './jetstream.ts'
import type { NatsQuestion, NatsReply } from './message.ts'
import { natsWire } from './nats-wire.ts'

const wire = natsWire()
const files = { put: () => 'body.bin', get: () => new Uint8Array(1000).fill(200) }
const acked = '$JS.ACK.ORDERS.mailer.1.42.7.1700000000000000000.3'
const domain = '$JS.ACK.hub.ACCHASH.ORDERS.mailer.1.42.7.1700000000000000000.3.tok'

describe('the operation of a question', () => {
  it.each([
    ['publish', 'orders.created', 'PUBLISH orders.created', true],
    ['publish', 'orders.42.paid', 'PUBLISH orders.{id}.paid', true],
    ['subscribe', 'orders.*', 'SUBSCRIBE orders.*', false],
    ['publish', '_INBOX.Xy12.1', 'REPLY', true],
    ['subscribe', '_INBOX.Xy12.*', 'SUBSCRIBE _INBOX', false],
    ['publish', acked, 'ACK ORDERS', true],
    ['publish', domain, 'ACK ORDERS', true],
    ['publish', '$JS.API.STREAM.INFO.ORDERS', 'PUBLISH $JS.API.STREAM.INFO.ORDERS', false],
    ['publish', '$JS.API.STREAM.CREATE.ORDERS', 'PUBLISH $JS.API.STREAM.CREATE.ORDERS', true],
    ['connect', '', 'CONNECT', false],
  ] as const)('%s %s is %s', (kind, subject, name, effect) => {
    expect(wire.describe(question({ kind, subject }))).toEqual({ name, effect })
  })

  it('finds the place of a delivery, whatever the form of its subject', () => {
    for (const subject of [acked, domain])
      expect(deliveryOf(subject)).toEqual({ stream: 'ORDERS', consumer: 'mailer', delivered: 1, sequence: 42 })
    expect(redelivered(acked)).toBe('$JS.ACK.ORDERS.mailer.2.42.7.1700000000000000000.3')
    expect(deliveryOf(redelivered(domain))?.delivered).toBe(2)
    expect(redelivered('_INBOX.1')).toBe('_INBOX.1')
  })
})

describe('how exchanges are written down', () => {
  it('gives every message back exactly', () => {
    const headers = 'NATS/1.0\r\nTrace: abc\r\n\r\n'
    const messages: NatsReply[] = [
      { type: 'message', subject: 'a', headers, body: Buffer.from('{"id": 1}'), size: 9 },
      { type: 'message', subject: 'a', reply: acked, headers: '', body: Buffer.alloc(1000, 200), size: 5000 },
      { type: 'message', subject: 'a', headers: '', body: Buffer.alloc(0), size: 0 },
      { type: 'ack', ack: '-NAK', stream: 'ORDERS', sequence: 4 },
      { type: 'message', subject: 'a', headers: '', body: Buffer.from('x'), size: 1, after: 2 },
      { type: 'pull' },
      { type: 'info', info: { server_id: 'N1', headers: true } },
      { type: 'ok' },
      { type: 'tls' },
      { type: 'error', message: 'Slow Consumer' },
      { type: 'failure', failure: 'reset', message: 'gone' },
    ]
    const content: Content<NatsQuestion, NatsReply> = {
      question: question({
        subject: 'a',
        reply: '_INBOX.1',
        queue: 'q',
        headers,
        body: 'hi',
        options: { name: 'shop' },
      }),
      messages: messages.map((message, i) => ({ ms: i, from: message.type === 'ack' ? 'client' : 'service', message })),
    }
    const json = JSON.parse(JSON.stringify(wire.notation.write(content, files))) as JsonObject
    expect(plain(wire.notation.read(json, files))).toEqual(plain(content))
  })
})

describe('identity and facets', () => {
  it('do not depend on where an answer is expected', () => {
    const one = question({ subject: 'a.b', reply: '_INBOX.1', body: 'x' })
    expect(wire.identify(one)).toEqual(wire.identify({ ...one, reply: '_INBOX.2', session: 8 }))
    expect(wire.identify(one)).not.toEqual(wire.identify(question({ subject: 'a.b', body: 'y' })))
    const inbox = (name: string) => question({ subject: `_INBOX.${name}`, body: `{"to":"_INBOX.${name}"}` })
    expect(wire.identify(inbox('x.1'))).toEqual(wire.identify(inbox('y.2')))
    // Where answers to requests go is another thing than where a consumer brings its messages.
    expect(wire.identify(inbox('x.*'))).not.toEqual(wire.identify(inbox('x.1')))
    expect(wire.facets(question({ subject: 'a', headers: 'NATS/1.0\r\nTrace: 1\r\n\r\n', body: 'x' }))).toEqual([
      { path: 'kind', value: 'publish' },
      { path: 'subject', value: 'a' },
      { path: 'headers.Trace', value: '1' },
      { path: 'body', value: 'x' },
    ])
  })
})

describe('redaction', () => {
  it('replaces credentials of CONNECT, headers and bodies', () => {
    const secret = 'hunter2-secret'
    for (const name of ['pass', 'auth_token', 'jwt', 'sig', 'nkey']) {
      const content = {
        question: question({ kind: 'connect', options: { user: 'ada', [name]: secret } }),
        messages: [],
      }
      const safe = wire.redact(content, createRedactor()).question.options
      expect(safe?.[name]).toMatch(/^\{\{[a-z-]+:[0-9a-f]{4,8}\}\}$/)
      expect(safe?.['user']).toBe('ada')
    }
    const body = Buffer.from(`{"password":"${secret}"}`)
    const headers = `NATS/1.0\r\nAuthorization: Bearer ${secret}\r\n\r\n`
    const message: NatsReply = { type: 'message', subject: 'a', headers, body, size: body.length }
    const content = {
      question: question({ headers, body: `${body}` }),
      messages: [{ ms: 0, from: 'service', message }],
    }
    const safe = wire.redact(content as never, createRedactor())
    expect(JSON.stringify(wire.notation.write(safe, files))).not.toContain('hunter2')
    expect(safe.question.size).toBe(safe.question.body.length)
    const clean = { question: question({ body: 'hello' }), messages: [] }
    expect(wire.redact(clean, createRedactor())).toBe(clean)
  })
})

function question(parts: Partial<Omit<NatsQuestion, 'body'>> & { readonly body?: string }): NatsQuestion {
  const body = Buffer.from(parts.body ?? '')
  return { kind: 'publish', session: 1, subject: '', headers: '', ...parts, body, size: body.length }
}

/** Bytes compare by what they hold, whatever class they are of. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, each: unknown) => (each instanceof Uint8Array ? [...each] : each)).replaceAll(
      /\{"type":"Buffer","data":(\[[\d,]*\])\}/g,
      '$1',
    ),
  )
}
