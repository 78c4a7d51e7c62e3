import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import type { Content } from '../../core/protocol.ts'
import { createRedactor } from '../../core/redaction/create-redactor.ts'
import { amqpWire } from './amqp-wire.ts'
import { targetOf } from './describe.ts'
import type { AmqpQuestion, AmqpReply } from './message.ts'

const wire = amqpWire()
const files = { put: () => 'body.bin', get: () => new Uint8Array(1000).fill(200) }

describe('the operation of a question', () => {
  it.each([
    ['publish', 'basic.publish', { exchange: 'events', routingKey: 'orders.created' }, 'PUBLISH orders.created', true],
    ['publish', 'basic.publish', { exchange: '', routingKey: 'orders.42.paid' }, 'PUBLISH orders.{id}.paid', true],
    ['publish', 'basic.publish', { exchange: 'news', routingKey: '' }, 'PUBLISH news', true],
    ['publish', 'basic.publish', { exchange: '', routingKey: 'amq.gen-Xy_12' }, 'PUBLISH amq.gen-{id}', true],
    ['consume', 'basic.consume', { queue: 'mails' }, 'CONSUME mails', false],
    ['deliver', 'basic.deliver', { queue: 'mails' }, 'DELIVER mails', false],
    ['get', 'basic.get', { queue: 'mails' }, 'GET mails', false],
    ['method', 'queue.declare', { queue: 'mails' }, 'DECLARE mails', true],
    ['method', 'queue.declare', { queue: 'mails', passive: true }, 'DECLARE mails', false],
    ['method', 'exchange.declare', { exchange: 'events' }, 'DECLARE EXCHANGE events', true],
    ['method', 'queue.bind', { queue: 'mails', exchange: 'events' }, 'BIND mails', true],
    ['method', 'exchange.bind', { destination: 'a', source: 'b' }, 'BIND EXCHANGE a', true],
    ['method', 'tx.commit', {}, 'TX COMMIT', true],
    ['method', 'basic.recover-async', {}, 'BASIC.RECOVER-ASYNC', false],
    ['connect', 'connection.open', { vhost: '/' }, 'CONNECT', false],
  ] as const)('%s %s %j is %s', (kind, name, fields, operation, effect) => {
    expect(wire.describe(question({ kind, name, fields }))).toEqual({ name: operation, effect })
  })

  it('has a fingerprint with the names as they are', () => {
    const fields = { exchange: 'events', routingKey: 'orders.42.paid' }
    expect(targetOf('publish', 'basic.publish', fields).fingerprint).toBe('PUBLISH events/orders.42.paid')
    expect(targetOf('deliver', 'basic.deliver', { queue: 'mails' }).fingerprint).toBe('DELIVER mails')
  })
})

describe('how exchanges are written down', () => {
  it('gives every message back exactly', () => {
    const headers = { trace: 'abc', when: { '!': 'T', value: 1_700_000_000 }, list: [1, null, true] }
    const replies: AmqpReply[] = [
      message({ properties: { headers, deliveryMode: 2 }, body: Buffer.from('{"id": 1}') }),
      message({ body: Buffer.alloc(1000, 200), redelivered: true, messageCount: 3 }, 5000),
      { type: 'ok', name: 'queue.declare-ok', fields: { queue: 'q', messageCount: 0 } },
      { type: 'delivery' },
      { type: 'delivery', after: 3 },
      { type: 'empty' },
      { type: 'settle', how: 'nack', requeue: true },
      { type: 'confirm', ack: false },
      { type: 'return', code: 312, text: 'NO_ROUTE' },
      { type: 'commit' },
      { type: 'rollback' },
      { type: 'cancelled' },
      { type: 'blocked', reason: 'low on memory' },
      { type: 'unblocked' },
      { type: 'closed', what: 'channel', code: 404, text: 'NOT_FOUND' },
      { type: 'failure', failure: 'reset', message: 'gone' },
    ]
    const content: Content<AmqpQuestion, AmqpReply> = {
      question: question({ fields: { exchange: 'e', mandatory: true }, properties: { headers }, text: 'hi' }),
      messages: replies.map((reply, i) => ({
        ms: i,
        from: reply.type === 'settle' ? 'client' : 'service',
        message: reply,
      })),
    }
    const json = JSON.parse(JSON.stringify(wire.notation.write(content, files))) as JsonObject
    expect(plain(wire.notation.read(json, files))).toEqual(plain(content))
  })

  it.each([
    [{ kind: 'x' }, undefined],
    [{ kind: 'get', session: 1, channel: 1, name: 'basic.get', fields: [] }, undefined],
    [{ kind: 'get', session: 1, channel: 1, name: 'basic.get', fields: {} }, [{ ms: 1, type: 'confirm', ack: 'yes' }]],
    [{ kind: 'get', session: 1, channel: 1, name: 'basic.get', fields: {} }, [{ ms: 1, type: 'nonsense' }]],
  ])('says what is wrong with %j %j', (amqp, steps) => {
    const json = { amqp, ...(steps && { steps }) } as JsonObject
    expect(() => wire.notation.read(json, files)).toThrow(
      expect.objectContaining({ code: 'MORTAR_CASSETTE_UNREADABLE' }),
    )
  })
})

describe('identity and facets', () => {
  const fields = { exchange: 'e', routingKey: 'k', mandatory: false }

  it('do not depend on ids, times and order', () => {
    const one = question({ fields, properties: { messageId: 'a', timestamp: 1, type: 't' }, text: 'x' })
    const two = question({
      fields: { routingKey: 'k', mandatory: false, exchange: 'e' },
      properties: { type: 't' },
      text: 'x',
    })
    expect(wire.identify(one)).toEqual(wire.identify({ ...two, session: 8, channel: 4 }))
    expect(wire.identify(one)).not.toEqual(wire.identify(question({ fields, properties: { type: 't' }, text: 'y' })))
    expect(wire.identify(one)).not.toEqual(wire.identify(question({ fields, properties: { type: 'u' }, text: 'x' })))
  })

  it('name every part', () => {
    const properties = { contentType: 'text/plain', headers: { n: 1 } }
    expect(wire.facets(question({ fields, properties, text: 'x' }))).toEqual([
      { path: 'method', value: 'basic.publish' },
      { path: 'exchange', value: 'e' },
      { path: 'routingKey', value: 'k' },
      { path: 'mandatory', value: 'false' },
      { path: 'properties.contentType', value: 'text/plain' },
      { path: 'headers.n', value: '1' },
      { path: 'body', value: 'x' },
    ])
  })
})

describe('redaction', () => {
  it('replaces secrets in headers, properties and bodies, of what is sent and what is brought', () => {
    const secret = 'hunter2-secret'
    const properties = { headers: { authorization: `Bearer ${secret}`, trace: 'abc' }, userId: 'ada' }
    const body = `{"password":"${secret}"}`
    const content: Content<AmqpQuestion, AmqpReply> = {
      question: question({ properties, text: body }),
      messages: [{ ms: 0, from: 'service', message: message({ properties, body: Buffer.from(body) }) }],
    }
    const safe = wire.redact(content, createRedactor())
    const text = JSON.stringify(wire.notation.write(safe, files))
    expect(text).not.toContain('hunter2')
    expect(text).toContain('abc')
    expect(safe.question.size).toBe(safe.question.body.length)
    const clean = { question: question({ properties: { type: 'x' }, text: 'hello' }), messages: [] }
    expect(wire.redact(clean, createRedactor())).toBe(clean)
  })
})

describe('outcomes', () => {
  it.each([
    [[{ type: 'confirm', ack: true }], 'confirmed', true],
    [[{ type: 'confirm', ack: false }], 'not confirmed', false],
    [[{ type: 'return', code: 312, text: 'NO_ROUTE' }], 'returned: 312 NO_ROUTE', false],
    [
      [message({ body: Buffer.from('hi') }), { type: 'settle', how: 'reject', requeue: true }],
      '2 B, reject, requeued',
      true,
    ],
    [[{ type: 'closed', what: 'channel', code: 404, text: 'NOT_FOUND' }], '404 NOT_FOUND', false],
    [[{ type: 'ok', name: 'queue.declare-ok', fields: { messageCount: 1 } }], '1 message', true],
    [
      [{ type: 'ok', name: 'basic.consume-ok', fields: {} }, { type: 'delivery' }, { type: 'delivery' }],
      '2 deliveries',
      true,
    ],
    [[], 'sent', true],
    [[{ type: 'failure', failure: 'reset', message: '' }], 'reset', false],
  ] as readonly (readonly [readonly AmqpReply[], string, boolean])[])('%j is %s', (replies, summary, ok) => {
    expect(wire.outcome(replies)).toMatchObject({ summary, ok })
  })

  it('shows a question in one line', () => {
    const fields = { exchange: 'events', routingKey: 'orders.42.paid' }
    expect(wire.summarize(question({ fields, text: 'hi' }))).toBe('PUBLISH events/orders.42.paid, 2 B')
    expect(wire.summarize(question({ kind: 'connect', fields: { vhost: '/' } }))).toBe('CONNECT /')
  })
})

function question({ text = '', ...parts }: Partial<AmqpQuestion> & { readonly text?: string }): AmqpQuestion {
  const body = Buffer.from(text)
  return {
    kind: 'publish',
    session: 1,
    channel: 1,
    name: 'basic.publish',
    fields: {},
    ...parts,
    body,
    size: body.length,
  }
}

function message(parts: Partial<Extract<AmqpReply, { type: 'message' }>>, size?: number): AmqpReply {
  const body = parts.body ?? Buffer.alloc(0)
  const basics = { exchange: 'e', routingKey: 'k', redelivered: false, properties: {} }
  return { type: 'message', ...basics, ...parts, body, size: size ?? body.length }
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
