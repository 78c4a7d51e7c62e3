import * as zlib from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyToken } from '../../../test/support/seeded-tokens.ts'
import type { Timed } from '../../core/exchange.ts'
import type { Content } from '../../core/protocol.ts'
import { noRedaction } from '../../core/redaction.ts'
import { createRedactor } from '../../core/redaction/create-redactor.ts'
import { header, type HeaderList, type HttpQuestion, type HttpReply } from './message.ts'
import { redactHttp, redactQuestion } from './redact.ts'

type HttpContent = Content<HttpQuestion, HttpReply>

const packers: Readonly<Record<string, (bytes: Uint8Array) => Buffer>> = {
  gzip: zlib.gzipSync,
  br: zlib.brotliCompressSync,
  deflate: zlib.deflateSync,
  zstd: zlib.zstdCompressSync,
}
const unpackers: Readonly<Record<string, (bytes: Uint8Array) => Buffer>> = {
  gzip: zlib.gunzipSync,
  br: zlib.brotliDecompressSync,
  deflate: zlib.inflateSync,
  zstd: zlib.zstdDecompressSync,
}

function ask(type: string | undefined, body: string | Uint8Array, more: Partial<HttpQuestion> = {}): HttpQuestion {
  const bytes = Buffer.from(body)
  const headers: HeaderList = [
    ...(type ? [['Content-Type', type] as const] : []),
    ['Content-Length', String(bytes.length)],
  ]
  const question = {
    method: 'POST',
    url: 'https://a.example/',
    version: '1.1',
    headers,
    body: bytes,
    trailers: [],
  } as const
  return { ...question, ...more }
}

function answer(type: string, pieces: readonly (string | Uint8Array)[], more: HeaderList = []): HttpContent {
  const bytes = pieces.map((piece) => Buffer.from(piece))
  const length = String(Buffer.concat(bytes).length)
  const headers: HeaderList = [['Content-Type', type], ['Content-Length', length], ...more]
  const head = { type: 'head', status: 200, reason: 'OK', version: '1.1', headers } as const
  const messages: Timed<HttpReply>[] = [{ ms: 1, from: 'service', message: head }]
  bytes.forEach((piece, i) => messages.push({ ms: 2 + i, from: 'service', message: { type: 'data', bytes: piece } }))
  return { question: ask(undefined, '', { method: 'GET' }), messages }
}

function bodyOf(content: HttpContent): Buffer {
  return Buffer.concat(content.messages.map(({ message }) => (message.type === 'data' ? message.bytes : Buffer.of())))
}

function piecesOf(content: HttpContent): readonly string[] {
  return content.messages.flatMap(({ message }) =>
    message.type === 'data' || message.type === 'frame' ? [Buffer.from(message.bytes).toString()] : [],
  )
}

function lengthOf(content: HttpContent): number {
  const head = content.messages.find(({ message }) => message.type === 'head')?.message
  return Number(head?.type === 'head' ? header(head.headers, 'content-length') : undefined)
}

function redactBody(type: string | undefined, body: string): string {
  const redacted = redactQuestion(ask(type, body), createRedactor())
  expect(header(redacted.headers, 'content-length')).toBe(String(redacted.body.length))
  return Buffer.from(redacted.body).toString()
}

describe('bodies by their type', () => {
  test.each([
    [
      'application/json',
      '{ "password" : "x1y2" , "n": 1.0 }',
      /^\{ "password" : "\{\{password:\w+\}\}" , "n": 1\.0 \}$/,
    ],
    ['text/plain', '{"password":"x1y2"}', /^\{"password":"\{\{password:\w+\}\}"\}$/],
    [undefined, '{"password":"x1y2"}', /^\{"password":"\{\{/],
    ['application/vnd.api+json', '\n[{"api_key":"abc123"}]', /^\n\[\{"api_key":"\{\{token:/],
    ['application/x-www-form-urlencoded', 'a=1&password=p%40ss+1&b=2', /^a=1&password=\{\{password:\w+\}\}&b=2$/],
    [
      'application/json',
      '{"query":"mutation($p: String!) { f(p: $p) }","variables":{"password":"x1y2"}}',
      /"password":"\{\{/,
    ],
    ['application/graphql', 'mutation { login(password: "x1y2") { id } }', /password: "\{\{password:\w+\}\}"/],
    ['application/x-ndjson', '{"a":1}\n{"token":"abc123def"}\n', /^\{"a":1\}\n\{"token":"\{\{token:\w+\}\}"\}\n$/],
    ['application/xml', '<a>Bearer abcdefgh-12345-ijkl-mnop</a>', /^<a>Bearer \{\{token:\w+\}\}<\/a>$/],
    ['application/octet-stream', 'Bearer abcdefgh-12345-ijkl-mnop', /^Bearer \{\{token:/],
    [
      'multipart/form-data; boundary=xyz',
      '--xyz\r\nContent-Disposition: form-data; name="password"\r\n\r\nx1y2\r\n--xyz\r\nContent-Disposition: form-data; name="f"; filename="f.json"\r\nContent-Type: application/json\r\n\r\n{"secret":"é1"}\r\n--xyz--\r\n',
      /name="password"\r\n\r\n\{\{password:\w+\}\}\r\n--xyz\r\n[^]*\{"secret":"\{\{secret:\w+\}\}"\}\r\n--xyz--\r\n$/,
    ],
  ])('%s: %s', (type, body, expected) => {
    expect(redactBody(type, body)).toMatch(expected)
  })

  test('text that is not UTF-8 keeps its other bytes', () => {
    const body = Buffer.concat([Buffer.of(0xe9), Buffer.from(' https://a.example/?token=abc123')])
    const redacted = redactQuestion(ask('text/plain; charset=latin1', body), createRedactor())
    expect(redacted.body[0]).toBe(0xe9)
    expect(Buffer.from(redacted.body).toString('latin1')).toMatch(/\?token=\{\{token:\w+\}\}$/)
  })

  test('binary is left alone', () => {
    const body = Buffer.concat([Buffer.of(0xff, 0xfe, 0), Buffer.from(`ghp_${'a1B2c3'.repeat(6)}`)])
    for (const type of ['image/png', 'application/octet-stream', undefined]) {
      const question = ask(type, body)
      expect(redactQuestion(question, createRedactor())).toBe(question)
    }
  })
})

test('server-sent events are read one by one, and each comes when it came', () => {
  const events = [
    ': hello\n',
    'event: a\ndata: {"token":"abc123def"}\n\n',
    'data: {"token":\ndata: "abc123def"}\n\ndata: x\n\n',
  ]
  const redacted = redactHttp(answer('text/event-stream', events), createRedactor())
  const [first, second, third] = piecesOf(redacted)
  expect(first).toBe(events[0])
  expect(second).toMatch(/^event: a\ndata: \{"token":"\{\{token:\w+\}\}"\}\n\n$/)
  expect(third).toMatch(/^data: \{"token":\ndata: "\{\{token:\w+\}\}"\}\n\ndata: x\n\n$/)
  expect(redacted.messages.map(({ ms }) => ms)).toEqual([1, 2, 3, 4])
})

test('a body that broke off is still short by as many bytes', () => {
  const content = answer('application/json', ['{"password":"x1y2"}'])
  const [head, data] = content.messages
  if (head?.message.type !== 'head' || !data) throw new Error('no head')
  const cut: HttpContent = {
    ...content,
    messages: [
      { ...head, message: { ...head.message, headers: [['content-length', '119']] } },
      data,
      { ms: 9, from: 'service', message: { type: 'failure', failure: 'truncated', message: '' } },
    ],
  }
  const redacted = redactHttp(cut, createRedactor())
  expect(lengthOf(redacted) - bodyOf(redacted).length).toBe(100)
})

test('a compressed body that broke off still does', () => {
  const secret = 'x1y2z3'
  const packed = zlib.gzipSync(`{"filler":"${'abc'.repeat(99)}","password":"${secret}"}`)
  const content = answer('text/plain', [packed.subarray(0, -4)], [['content-encoding', 'gzip']])
  const redacted = redactHttp(content, createRedactor({ patterns: { seeded: /x1y2z3/ } }))
  expect(redacted).not.toBe(content)
  expect(() => zlib.gunzipSync(bodyOf(redacted))).toThrow(/unexpected end/)
  const rest = zlib.gunzipSync(bodyOf(redacted), { finishFlush: zlib.constants.Z_SYNC_FLUSH }).toString()
  expect(rest).not.toContain(secret)
})

test('what cannot be unpacked is left alone', () => {
  const content = answer('application/json', ['not gzip'], [['content-encoding', 'gzip']])
  expect(redactHttp(content, createRedactor())).toBe(content)
})

test('WebSocket text is read by message, also when it came in fragments; other frames stay', () => {
  function frame(from: 'client' | 'service', opcode: number, fin: boolean, text: string): Timed<HttpReply> {
    return { ms: 1, from, message: { type: 'frame', opcode, fin, bytes: Buffer.from(text) } }
  }
  const messages = [
    frame('client', 1, true, '{"type":"auth","token":"abc123def"}'),
    frame('service', 1, false, 'Bearer abcdefgh-'),
    frame('client', 1, true, 'plain'),
    frame('service', 9, true, 'ping'),
    frame('service', 0, true, '12345-ijkl-mnop'),
    frame('service', 2, true, `ghp_${'a1B2c3'.repeat(6)}`),
  ]
  const redactor = createRedactor()
  const redacted = redactHttp({ question: ask(undefined, ''), messages }, redactor)
  const pieces = piecesOf(redacted)
  expect(pieces[0]).toMatch(/^\{"type":"auth","token":"\{\{token:\w+\}\}"\}$/)
  expect(pieces[1]! + pieces[4]!).toMatch(/^Bearer \{\{token:\w+\}\}$/)
  expect(pieces.slice(2, 4)).toEqual(['plain', 'ping'])
  expect(redacted.messages[5]).toBe(messages[5])
  expect(redactor.take().map(({ where }) => where)).toEqual(['request.frames.token', 'response.frames'])
})

test('headers, trailers and informational answers are read as well', () => {
  const secret: HeaderList = [['X-Api-Key', 'abc123def']]
  const redactor = createRedactor()
  const redacted = redactHttp(
    {
      question: ask(undefined, '', { trailers: secret, headers: secret }),
      messages: [
        { ms: 1, from: 'service', message: { type: 'informational', status: 103, headers: secret } },
        { ms: 1, from: 'service', message: { type: 'trailers', headers: secret } },
      ],
    },
    redactor,
  )
  expect(JSON.stringify(redacted)).not.toContain('abc123def')
  expect(redactor.take().map(({ where }) => where)).toEqual([
    'request.headers.x-api-key',
    'request.trailers.x-api-key',
    'response.headers.x-api-key',
    'response.trailers.x-api-key',
  ])
})

test('what holds no secret is given back itself', () => {
  const packed = zlib.gzipSync('{"hello":"world"}')
  const content = answer(
    'application/json',
    [packed.subarray(0, 7), packed.subarray(7)],
    [['content-encoding', 'gzip']],
  )
  expect(redactHttp(content, createRedactor())).toBe(content)
  const question = ask('application/json', '{"hello":"world"}')
  expect(redactQuestion(question, createRedactor())).toBe(question)
})

test('nothing changes without redaction', () => {
  const content = answer('application/json', ['{"password":"x1y2"}'])
  expect(redactHttp(content, noRedaction)).toBe(content)
})

test('no secret survives in a body of any type, packed and cut in any way', () => {
  const writers: Readonly<Record<string, (secret: string) => string>> = {
    'application/json': (secret) => JSON.stringify({ a: [{ note: `it is ${secret}` }], token: secret }, undefined, 1),
    'application/x-www-form-urlencoded': (secret) => `a=${encodeURIComponent(`it is ${secret}`)}&token=${secret}`,
    'text/plain': (secret) => `first line\nit is ${secret}\n`,
    'text/event-stream': (secret) => `id: 1\ndata: {"delta":"${secret}"}\n\ndata: ${secret}\n\n`,
    'application/x-ndjson': (secret) => `{"a":1}\n{"b":"${secret}"}\n`,
  }
  const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 })
  fc.assert(
    fc.property(
      anyToken,
      fc.constantFrom(...Object.keys(writers)),
      fc.constantFrom(undefined, ...Object.keys(packers)),
      cuts,
      (secret, type, encoding, places) => {
        const plain = Buffer.from(writers[type]!(secret))
        const packed = encoding ? packers[encoding]!(plain) : plain
        const ends = [
          ...places.map((place) => Math.floor(place * packed.length)).toSorted((a, b) => a - b),
          packed.length,
        ]
        const pieces = ends.map((end, i) => packed.subarray(ends[i - 1] ?? 0, end))
        const content = answer(type, pieces, encoding ? [['Content-Encoding', encoding]] : [])
        const redactor = createRedactor()
        const redacted = redactHttp(content, redactor)
        const body = bodyOf(redacted)
        const text = (encoding ? unpackers[encoding]!(body) : body).toString()
        expect(text).not.toContain(secret)
        expect(text).toContain('{{')
        expect(redacted.messages.map(({ ms }) => ms)).toEqual(content.messages.map(({ ms }) => ms))
        expect(lengthOf(redacted)).toBe(body.length)
        expect(redactHttp(redacted, redactor)).toBe(redacted)
      },
    ),
    { numRuns: 200 },
  )
})
