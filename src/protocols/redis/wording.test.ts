import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import type { BodyFiles } from '../../core/protocol.ts'
import { createRedactor } from '../../core/redaction/create-redactor.ts'
import { keyTemplate, targetOf } from './describe.ts'
import type { RedisQuestion, RedisReply } from './message.ts'
import { redisWire } from './redis-wire.ts'
import type { Resp } from './resp.ts'

const wire = redisWire()

describe('the operation of a command', () => {
  it.each([
    ['get user:42', 'GET user:{id}', false],
    ['SET session:9b2f1c3e-77aa-4c1e-9d7e-0123456789ab:cart x', 'SET session:{id}:cart', true],
    ['MGET user:1 user:2 order:3', 'MGET user:{id} order:{id}', false],
    ['MSET a:1 x b:2 y', 'MSET a:{id} b:{id}', true],
    ['PUBLISH orders.created {}', 'PUBLISH orders.created', true],
    ['SUBSCRIBE orders.created', 'SUBSCRIBE orders.created', false],
    ['CONFIG GET maxmemory', 'CONFIG GET', false],
    ['XGROUP CREATE orders workers $', 'XGROUP CREATE orders', true],
    ['XREADGROUP GROUP g c COUNT 1 STREAMS orders jobs > >', 'XREADGROUP orders jobs', true],
    ['EVALSHA 0123456789abcdef 2 stock:1 stock:2 5', 'EVALSHA stock:{id}', true],
    ['ZUNIONSTORE total 2 a b', 'ZUNIONSTORE total', true],
    ['EVAL return 99999999 key', 'EVAL key', true],
    ['BLPOP queue:a queue:b 5', 'BLPOP queue:a queue:b', true],
    ['GEORADIUS {1000}.near 1 2', 'GEORADIUS {{id}}.near', true],
    ['NOSUCH thing', 'NOSUCH', false],
    ['PING', 'PING', false],
  ])('of `%s` is `%s`', (line, name, effect) => {
    expect(wire.describe(command(...line.split(' ')))).toEqual({ name, effect })
  })

  it('has a fingerprint without values', () => {
    expect(targetOf(command('SET', 'user:42', 'Ada', 'EX', '60').args).fingerprint).toBe('SET user:{id} ? ? ?')
    expect(targetOf(command('XGROUP', 'CREATE', 'orders', 'g', '$').args).fingerprint).toBe('XGROUP CREATE orders ? ?')
    expect(keyTemplate('orders')).toBe('orders')
  })
})

describe('how exchanges are written down', () => {
  const files = memoryFiles()
  const values: Resp[] = [
    { type: 'simple', text: 'OK' },
    { type: 'error', text: 'ERR no' },
    { type: 'integer', text: '12' },
    { type: 'integer', text: '9223372036854775807' },
    { type: 'double', text: 'inf' },
    { type: 'big', text: '3492890328409238509324850943850943825024385' },
    { type: 'boolean', value: false },
    { type: 'null', form: 'bulk' },
    { type: 'null', form: 'array' },
    { type: 'null', form: 'null' },
    text('Ada'),
    text('{"json": [1, 2]}'),
    text('two\nlines\r\n'),
    bulk(Buffer.from([0, 255, 10, 13])),
    bulk(Buffer.alloc(1000, 200)),
    { type: 'bulk', bytes: Buffer.from('begi'), size: 5_000_000 },
    { type: 'verbatim', bytes: Buffer.from('txt:hello'), size: 9 },
    { type: 'bulkError', bytes: Buffer.from('ERR\nmore'), size: 8 },
    { type: 'array', items: [text('a'), { type: 'array', items: [] }] },
    { type: 'map', items: [text('name'), text('Ada'), text('n'), { type: 'integer', text: '1' }] },
    { type: 'set', items: [text('x')] },
    { type: 'array', items: [text('a')], size: 600 },
    { type: 'map', items: [text('a'), text('b')], size: 40 },
    { type: 'set', items: [], size: 3 },
    { type: 'push', items: [text('message'), text('orders'), text('{}')] },
    { type: 'attribute', items: [text('ttl'), { type: 'integer', text: '3' }], value: text('v') },
  ]

  it.each(values.map((value) => [value.type, value] as const))('gives a %s back exactly', (_type, value) => {
    const messages: RedisReply[] = [
      { type: 'reply', value, bytes: 7 },
      { type: 'executed', value, bytes: 7, cut: true },
      { type: 'push', value, bytes: 7 },
      { type: 'discarded' },
      { type: 'failure', failure: 'reset', message: 'gone' },
    ]
    const content = {
      question: { ...command('SET', 'a', 'b'), database: 3, cut: true as const },
      messages: messages.map((message, i) => ({ ms: i, from: 'service' as const, message })),
    }
    const json = JSON.parse(JSON.stringify(wire.notation.write(content, files))) as JsonObject
    expect(plain(wire.notation.read(json, files))).toEqual(plain(content))
  })

  it('reads like what a person would type', () => {
    const value: Resp = { type: 'array', items: [text('Ada'), { type: 'integer', text: '36' }, values[7]!] }
    const messages = [{ ms: 0.04, from: 'service' as const, message: { type: 'reply' as const, value, bytes: 20 } }]
    expect(wire.notation.write({ question: command('MGET', 'user:1', 'age', 'x'), messages }, files)).toEqual({
      command: { session: 1, args: ['MGET', 'user:1', 'age', 'x'] },
      steps: [{ ms: 0, reply: ['Ada', 36, null], bytes: 20 }],
    })
  })
})

describe('identity', () => {
  it('is name, keys, arguments and database, whatever the case of the name', () => {
    expect(wire.identify(command('get', 'a:1'))).toEqual(wire.identify({ ...command('GET', 'a:1'), session: 9 }))
    expect(wire.identify(command('get', 'a:1'))).not.toEqual(wire.identify(command('get', 'a:2')))
    expect(wire.identify(command('get', 'a'))).not.toEqual(wire.identify({ ...command('get', 'a'), database: 1 }))
    expect(wire.identify({ ...command('get'), args: [Buffer.from('get'), Buffer.from([255])] })).not.toEqual(
      wire.identify({ ...command('get'), args: [Buffer.from('get'), Buffer.from([254])] }),
    )
    expect(wire.facets(command('CONFIG', 'GET', 'save'))).toEqual([
      { path: 'command', value: 'CONFIG GET' },
      { path: 'database', value: '0' },
      { path: 'args[1]', value: 'save' },
    ])
  })
})

describe('redaction', () => {
  it.each([
    [['AUTH', 'hunter2-secret'], 1],
    [['AUTH', 'ada', 'hunter2-secret'], 2],
    [['HELLO', '3', 'AUTH', 'ada', 'hunter2-secret', 'SETNAME', 'app'], 4],
    [['CONFIG', 'SET', 'requirepass', 'hunter2-secret'], 3],
    [['MIGRATE', 'h', '6379', 'k', '0', '5000', 'AUTH2', 'ada', 'hunter2-secret'], 8],
    [['ACL', 'SETUSER', 'ada', 'on', '>hunter2-secret'], 4],
    [['HSET', 'user:1', 'name', 'Ada', 'password', 'hunter2-secret'], 5],
    [['SET', 'session:1:token', 'hunter2-secret'], 2],
    [['SET', 'user:1', '{"password":"hunter2-secret"}'], 2],
  ])('replaces the secret of %j, and nothing else', (args, at) => {
    const question = command(...args)
    const safe = wire.redact({ question, messages: [] }, createRedactor()).question.args.map(String)
    expect(safe[at]).toMatch(/^>?(?:\{"password":")?\{\{[a-z-]+:[0-9a-f]{4,8}\}\}(?:"\})?$/)
    expect(safe.with(at, '')).toEqual(args.with(at, ''))
  })

  it('replaces what comes back, by the name of its field', () => {
    const value: Resp = { type: 'array', items: [text('name'), text('Ada'), text('password'), text('hunter2-secret')] }
    const messages = [{ ms: 0, from: 'service' as const, message: { type: 'reply' as const, value, bytes: 9 } }]
    const safe = wire.redact({ question: command('HGETALL', 'user:1'), messages }, createRedactor())
    expect(JSON.stringify(wire.notation.write(safe, memoryFiles()))).not.toContain('hunter2')
    const clean = { question: command('GET', 'user:1'), messages: [] }
    expect(wire.redact(clean, createRedactor())).toBe(clean)
  })
})

describe('outcomes', () => {
  it.each([
    [[reply({ type: 'simple', text: 'OK' })], 'OK', true],
    [[reply({ type: 'error', text: 'ERR no' })], 'ERR no', false],
    [[reply({ type: 'null', form: 'bulk' })], 'nothing', true],
    [[reply(text('Ada'))], '3 B', true],
    [[reply({ type: 'array', items: [text('a')] })], '1 element', true],
    [[reply({ type: 'array', items: [text('a')], size: 600 })], '600 elements', true],
    [[reply({ type: 'map', items: [text('a'), text('b')], size: 40 })], '20 fields', true],
    [[], 'no answer', false],
    [[{ type: 'discarded' } as const], 'not run, the transaction was discarded', false],
    [[{ type: 'failure', failure: 'reset', message: '' } as const], 'reset', false],
  ])('%j', (messages: readonly RedisReply[], summary, ok) => {
    expect(wire.outcome(messages)).toMatchObject({ summary, ok })
  })

  it('shows a command in one line', () => {
    expect(wire.summarize(command('SET', 'k', `${'x'.repeat(500)}\n`)).length).toBeLessThan(60)
  })
})

function command(...args: readonly string[]): RedisQuestion {
  return { kind: 'command', session: 1, database: 0, args: args.map((arg) => Buffer.from(arg)) }
}

function text(value: string): Resp {
  return bulk(Buffer.from(value))
}

function bulk(bytes: Buffer): Resp {
  return { type: 'bulk', bytes, size: bytes.length }
}

function reply(value: Resp): RedisReply {
  return { type: 'reply', value, bytes: 1 }
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

function memoryFiles(): BodyFiles {
  const kept = new Map<string, Uint8Array>()
  return {
    put(bytes, extension) {
      const name = `${kept.size}.${extension}`
      kept.set(name, bytes)
      return name
    },
    get: (name) => kept.get(name)!,
  }
}
