import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import type { Content } from '../../core/protocol.ts'
import { createRedactor } from '../../core/redaction/create-redactor.ts'
import type { MqttQuestion, MqttReply } from './message.ts'
import { mqttWire } from './mqtt-wire.ts'

const wire = mqttWire()
const files = { put: () => 'body.bin', get: () => new Uint8Array(1000).fill(200) }

describe('the operation of a question', () => {
  it.each([
    [{ kind: 'publish', topic: 'sensors/42/temp' }, 'PUBLISH sensors/{id}/temp', true],
    [{ kind: 'subscribe', filters: ['sensors/+/temp', 'alarms/#'] }, 'SUBSCRIBE sensors/+/temp alarms/#', false],
    [{ kind: 'unsubscribe', filters: ['a/1', 'a/2'] }, 'UNSUBSCRIBE a/{id}', false],
    [{ kind: 'connect' }, 'CONNECT', false],
  ] as const)('of %j is %s', (parts, name, effect) => {
    expect(wire.describe(question(parts))).toEqual({ name, effect })
  })
})

describe('how exchanges are written down', () => {
  it('gives every message back exactly', () => {
    const properties = { topicAlias: 3, userProperties: [['trace', 'abc']], correlationData: { base64: 'AAE=' } }
    const common = { topic: 'a/b', qos: 2, retain: true, duplicate: true, properties } as const
    const messages: MqttReply[] = [
      { type: 'message', ...common, body: Buffer.from('{"id": 1}'), size: 9 },
      {
        type: 'message',
        ...common,
        qos: 0,
        duplicate: false,
        properties: {},
        body: Buffer.alloc(1000, 200),
        size: 5000,
      },
      { type: 'message', ...common, body: Buffer.alloc(0), size: 0, after: 2 },
      { type: 'ack', packet: 'SUBACK', reasons: [0, 1, 135], text: 'no' },
      { type: 'ack', packet: 'PUBREL', reasons: [0] },
      { type: 'resent' },
      { type: 'disconnect', reason: 130, text: 'protocol error' },
      { type: 'failure', failure: 'reset', message: 'gone' },
    ]
    const content: Content<MqttQuestion, MqttReply> = {
      question: question({
        topic: 'a/b',
        qos: 1,
        retain: true,
        properties,
        body: 'hi',
        filters: ['x/#'],
        options: { clean: true },
      }),
      messages: messages.map((message, i) => ({
        ms: i,
        from: message.type === 'resent' ? 'client' : 'service',
        message,
      })),
    }
    const json = JSON.parse(JSON.stringify(wire.notation.write(content, files))) as JsonObject
    expect(plain(wire.notation.read(json, files))).toEqual(plain(content))
  })
})

describe('identity and facets', () => {
  it('depend on what is said, and not on who says it when', () => {
    const one = question({ topic: 'a/b', body: 'x' })
    expect(wire.identify(one)).toEqual(wire.identify({ ...one, session: 8, clientId: 'other' }))
    expect(wire.identify(one)).not.toEqual(wire.identify(question({ topic: 'a/b', body: 'y' })))
    expect(wire.identify(one)).not.toEqual(wire.identify({ ...one, qos: 1 }))
    expect(wire.facets(question({ topic: 'a', properties: { topicAlias: 3 }, body: 'x' }))).toEqual([
      { path: 'kind', value: 'publish' },
      { path: 'topic', value: 'a' },
      { path: 'qos', value: '0' },
      { path: 'retain', value: 'false' },
      { path: 'properties.topicAlias', value: '3' },
      { path: 'body', value: 'x' },
    ])
  })
})

describe('outcomes', () => {
  it.each([
    [[], 'sent', true],
    [[{ type: 'ack', packet: 'PUBACK', reasons: [0] }], 'acknowledged', true],
    [[{ type: 'ack', packet: 'PUBACK', reasons: [135], text: 'no' }], 'PUBACK 0x87 no', false],
    [[{ type: 'ack', packet: 'CONNACK', reasons: [5] }], 'CONNACK 0x05', false],
    [[{ type: 'ack', packet: 'SUBACK', reasons: [0, 128] }], 'SUBACK 0x80', false],
    [[{ type: 'disconnect', reason: 142 }], 'disconnected 0x8e', false],
    [[{ type: 'failure', failure: 'unreachable', message: '' }], 'unreachable', false],
  ] as readonly (readonly [readonly MqttReply[], string, boolean])[])('%j', (messages, summary, ok) => {
    expect(wire.outcome(messages)).toMatchObject({ summary, ok })
  })
})

describe('redaction', () => {
  it('replaces the password, and secrets in properties and bodies', () => {
    const secret = 'hunter2-secret'
    const body = Buffer.from(`{"password":"${secret}"}`)
    const properties = { userProperties: [['password', secret]] }
    const message: MqttReply = {
      type: 'message',
      topic: 'a',
      qos: 0,
      retain: false,
      duplicate: false,
      properties,
      body,
      size: body.length,
    }
    const options = { clean: true, user: 'ada', password: secret }
    const content: Content<MqttQuestion, MqttReply> = {
      question: question({ kind: 'connect', options, properties, body: `${body}` }),
      messages: [{ ms: 0, from: 'service', message }],
    }
    const safe = wire.redact(content, createRedactor())
    expect(JSON.stringify(wire.notation.write(safe, files))).not.toContain('hunter2')
    expect(safe.question.options?.['user']).toBe('ada')
    expect(safe.question.size).toBe(safe.question.body.length)
    const clean = { question: question({ topic: 'a', body: 'hello' }), messages: [] }
    expect(wire.redact(clean, createRedactor())).toBe(clean)
  })
})

function question(parts: Partial<Omit<MqttQuestion, 'body'>> & { readonly body?: string }): MqttQuestion {
  const body = Buffer.from(parts.body ?? '')
  const empty = { kind: 'publish', session: 1, version: 5, clientId: '', topic: '', filters: [], qos: 0 } as const
  return { ...empty, retain: false, properties: {}, ...parts, body, size: body.length }
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
