import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Timed } from '../../core/exchange.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import type { BodyFiles, Content } from '../../core/protocol.ts'
import type { HeaderList, HttpQuestion, HttpReply } from './message.ts'
import { httpNotation } from './notation.ts'

/** Keeps bodies in a map, under a name that tells their size. */
function memoryFiles(): BodyFiles & { readonly kept: Map<string, Uint8Array> } {
  const kept = new Map<string, Uint8Array>()
  return {
    kept,
    put(bytes, extension) {
      const name = `body-${kept.size}.${extension}`
      kept.set(name, Uint8Array.from(bytes))
      return name
    },
    get: (name) => kept.get(name)!,
  }
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

function get(url: string, more: Partial<HttpQuestion> = {}): HttpQuestion {
  return { method: 'GET', url, version: '1.1', headers: [], body: new Uint8Array(), trailers: [], ...more }
}

function answer(body: Uint8Array, headers: HeaderList = []): readonly Timed<HttpReply>[] {
  return [
    { ms: 12, from: 'service', message: { type: 'head', status: 200, reason: 'OK', version: '1.1', headers } },
    { ms: 12, from: 'service', message: { type: 'data', bytes: body } },
  ]
}

/** What `content` becomes once it was written as JSON text, and read. */
function throughText(content: Content<HttpQuestion, HttpReply>): Content<HttpQuestion, HttpReply> {
  const files = memoryFiles()
  const text = JSON.stringify(httpNotation.write(content, files))
  return httpNotation.read(JSON.parse(text) as JsonObject, files)
}

/** With text for bytes and times as they are kept, so that two contents compare by value. */
function plain({ question, messages }: Content<HttpQuestion, HttpReply>): unknown {
  return {
    question: { ...question, body: base64(question.body) },
    messages: messages.map(({ ms, from, message }) => ({
      ms: Math.round(ms * 100) / 100,
      from,
      message: 'bytes' in message ? { ...message, bytes: base64(message.bytes) } : message,
    })),
  }
}

const jsonTexts = fc.oneof(
  fc.json(),
  fc
    .tuple(fc.jsonValue(), fc.constantFrom(undefined, 1, 2, 4, '\t'))
    .map(([v, indent]) => JSON.stringify(v, null, indent)),
  fc.jsonValue().map((v) => `${JSON.stringify(v)}\n`),
  fc.constantFrom(
    '{"a":1,"a":2}',
    '{"2":1,"1":2}',
    '{"__proto__":{"x":1}}',
    '[1.0,1e3,-0,0.1e-7,12345678901234567890]',
    '{"path":"a\\/b","snowman":"\\u2603","lone":"\\ud800"}',
    '{"lone":"\\udc00"}',
    '["\\u2028", "\u2028"]',
    '{"a": 1, "b": [true, null, {}], "c": []}',
    '{ "a" : 1 }',
    '[1,2',
    '\ufeff{"a":1}',
    '{\r\n  "a": 1\r\n}',
    `${'['.repeat(5000)}${']'.repeat(5000)}`,
  ),
)
const bodies = fc.oneof(
  { weight: 3, arbitrary: jsonTexts.map(bytesOf) },
  fc.uint8Array({ maxLength: 600 }),
  fc.string({ unit: 'grapheme' }).map(bytesOf),
  fc.array(fc.string(), { maxLength: 5 }).map((lines) => bytesOf(lines.join('\n'))),
  fc.constant(bytesOf('long\n'.repeat(20_000))),
  jsonTexts.chain((text) =>
    fc
      .constantFrom(gzipSync, brotliCompressSync, deflateSync, deflateRawSync, zstdCompressSync)
      .map((compress) => Uint8Array.from(compress(text))),
  ),
)
const times = fc.double({ min: 0, max: 1e6, noNaN: true })
const headerLists = fc.array(
  fc.tuple(
    fc.constantFrom('Set-Cookie', 'set-cookie', 'X-Tag', 'Content-Type', 'Content-Encoding'),
    fc.oneof(
      fc.constantFrom('application/json', 'image/png', 'gzip', 'gzip, br', 'deflate', 'zstd', 'br', 'unheard-of', ''),
      fc.string({ unit: fc.integer({ min: 0x20, max: 0xff }).map((c) => String.fromCharCode(c)) }),
    ),
  ),
  { maxLength: 6 },
)
const versions = fc.constantFrom('1.0', '1.1', '2' as const)
const informational = fc.record({
  type: fc.constant('informational'),
  status: fc.integer({ min: 100, max: 199 }),
  headers: headerLists,
})
const head = fc.record({
  type: fc.constant('head'),
  status: fc.integer({ min: 100, max: 599 }),
  reason: fc.string(),
  version: versions,
  headers: headerLists,
})
const data = fc.record({ type: fc.constant('data'), bytes: bodies })
const trailers = fc.record({ type: fc.constant('trailers'), headers: headerLists })
const frame = fc.record({
  type: fc.constant('frame'),
  opcode: fc.oneof(fc.constantFrom(0, 1, 2, 8, 9, 10), fc.integer({ min: 0, max: 15 })),
  fin: fc.boolean(),
  bytes: bodies,
})
const failure = fc.record({
  type: fc.constant('failure'),
  failure: fc.constantFrom('unresolved', 'refused', 'tls', 'reset', 'timeout', 'truncated', 'malformed'),
  message: fc.string(),
})
const from = fc.constantFrom('client', 'service')
const byService = <T>(message: fc.Arbitrary<T>) => fc.record({ ms: times, from: fc.constant('service'), message })
const ordinary = fc
  .tuple(
    fc.array(byService(informational), { maxLength: 2 }),
    fc.array(byService(head), { maxLength: 1 }),
    fc.array(byService(data), { maxLength: 4 }),
    fc.array(byService(trailers), { maxLength: 1 }),
    fc.array(fc.record({ ms: times, from, message: frame }), { maxLength: 4 }),
    fc.array(byService(failure), { maxLength: 1 }),
  )
  .map((parts) => parts.flat())
const anyOrder = fc.array(
  fc.record({ ms: times, from, message: fc.oneof(informational, head, data, trailers, frame, failure) }),
  { maxLength: 6 },
)
const questions = fc.record({
  method: fc.constantFrom('GET', 'POST', 'M-SEARCH'),
  url: fc.webUrl({ withQueryParameters: true }),
  version: versions,
  headers: headerLists,
  body: bodies,
  trailers: headerLists,
})
const contents = fc.record({ question: questions, messages: fc.oneof(ordinary, anyOrder) }) as fc.Arbitrary<
  Content<HttpQuestion, HttpReply>
>

describe('the notation of HTTP', () => {
  it('gives back every byte, time and order of any exchange', () => {
    fc.assert(
      fc.property(contents, (content) => {
        expect(plain(throughText(content))).toEqual(plain(content))
      }),
      { numRuns: 500 },
    )
  })

  it('shows an ordinary exchange the way a person would write it', () => {
    const json = bytesOf('{"id":7,"labels":["bug"]}')
    const written = httpNotation.write(
      {
        question: get('https://api.example.com/issues/7', { headers: [['Accept', 'application/json']] }),
        messages: answer(json, [['Content-Type', 'application/json']]),
      },
      memoryFiles(),
    )
    expect(written).toEqual({
      request: {
        method: 'GET',
        url: 'https://api.example.com/issues/7',
        version: '1.1',
        headers: [['Accept', 'application/json']],
      },
      response: {
        ms: 12,
        status: 200,
        reason: 'OK',
        version: '1.1',
        headers: [['Content-Type', 'application/json']],
        body: { json: { id: 7, labels: ['bug'] } },
      },
    })
  })

  it.each<[string, Uint8Array, JsonObject]>([
    ['compact JSON', bytesOf('{"a":1}'), { json: { a: 1 } }],
    ['JSON with a newline at its end', bytesOf('{"a":1}\n'), { json: { a: 1 }, end: '\n' }],
    ['JSON indented by two', bytesOf('{\n  "a": 1\n}'), { json: { a: 1 }, indent: 2 }],
    ['JSON indented by tabs', bytesOf('[\n\t1\n]'), { json: [1], indent: 'tab' }],
    ['JSON as Python prints it', bytesOf('{"a": 1, "b": []}'), { json: { a: 1, b: [] }, spaced: true }],
    ['JSON that no printer gives back', bytesOf('{"a":1.0}'), { text: '{"a":1.0}' }],
    ['one line of text', bytesOf('pong'), { text: 'pong' }],
    ['several lines', bytesOf('data: 1\n\n'), { lines: ['data: 1', '', ''] }],
    ['a few binary bytes', Uint8Array.of(0, 255), { base64: 'AP8=' }],
    ['text with control characters', bytesOf('a\0b'), { base64: 'YQBi' }],
    ['more binary bytes', new Uint8Array(257), { file: 'body-0.bin', bytes: 257 }],
  ])('writes %s readably', (_title, bytes, expected) => {
    const written = httpNotation.write({ question: get('http://a/'), messages: answer(bytes) }, memoryFiles())
    expect((written['response'] as { body: Json }).body).toEqual(expected)
  })

  it('names the file of a body after its type, and of a compressed one after both', () => {
    const names = [
      [['Content-Type', 'image/png']],
      [['content-type', 'application/problem+json; charset=utf-8']],
      [
        ['content-type', 'text/plain'],
        ['content-encoding', 'br'],
      ],
    ] as const
    const written = names.map((headers) => {
      const files = memoryFiles()
      httpNotation.write({ question: get('http://a/'), messages: answer(new Uint8Array(300), headers) }, files)
      return [...files.kept.keys()][0]
    })
    expect(written).toEqual(['body-0.png', 'body-0.json', 'body-0.txt.br'])
  })

  it.each(['__proto__', 'constructor', 'toString'])(
    'writes and reads a body whose type and encoding are %s',
    (word) => {
      const headers: HeaderList = [
        ['content-type', word],
        ['content-encoding', word],
      ]
      const files = memoryFiles()
      const content = { question: get('http://a/'), messages: answer(new Uint8Array(300), headers) }
      httpNotation.write(content, files)
      expect([...files.kept.keys()]).toEqual(['body-0.bin'])
      expect(plain(throughText(content))).toEqual(plain(content))
    },
  )

  it('shows what a compressed body says, and replays its exact bytes', () => {
    const compressed = gzipSync('{"ok":true}', { level: 1 })
    const content = { question: get('http://a/'), messages: answer(compressed, [['content-encoding', 'gzip']]) }
    const files = memoryFiles()
    const written = httpNotation.write(content, files)
    expect(written).toMatchObject({
      response: { body: { base64: compressed.toString('base64'), view: { json: { ok: true } } } },
    })
    expect(plain(httpNotation.read(written, files))).toEqual(plain(content))
  })

  it('shows no view of a small body that unpacks to a huge one', () => {
    const bomb = gzipSync(Buffer.alloc(10_000_000))
    const content = { question: get('http://a/'), messages: answer(bomb, [['content-encoding', 'gzip']]) }
    expect(httpNotation.write(content, memoryFiles())).toMatchObject({ response: { body: { file: 'body-0.bin.gz' } } })
    expect(JSON.stringify(httpNotation.write(content, memoryFiles()))).not.toContain('view')
  })

  it('keeps the chunks of a stream apart, with their times', () => {
    const [first] = answer(bytesOf(''))
    const content: Content<HttpQuestion, HttpReply> = {
      question: get('http://a/'),
      messages: [
        first!,
        { ms: 20.004, from: 'service', message: { type: 'data', bytes: bytesOf('data: 1\n\n') } },
        { ms: 31.5, from: 'service', message: { type: 'data', bytes: bytesOf('data: 2\n\n') } },
      ],
    }
    expect(httpNotation.write(content, memoryFiles())).toMatchObject({
      response: {
        body: { lines: ['data: 1', '', 'data: 2', '', ''] },
        chunks: [
          [20, 9],
          [31.5, 9],
        ],
      },
    })
  })

  it('gives what a person added to a body to its last chunk', () => {
    const edited = {
      request: { method: 'GET', url: 'http://a/' },
      response: {
        ms: 1,
        status: 200,
        body: { text: 'hello world' },
        chunks: [
          [1, 2],
          [2, 3],
        ],
      },
    }
    const { messages } = httpNotation.read(edited, memoryFiles())
    const texts = messages.map(({ message }) => ('bytes' in message ? new TextDecoder().decode(message.bytes) : ''))
    expect(texts).toEqual(['', 'he', 'llo world'])
  })

  it('writes frames of both sides in the order they came', () => {
    const json = {
      request: { method: 'GET', url: 'wss://a/', version: '1.1', headers: [] },
      response: { ms: 1, status: 101, version: '1.1', headers: [] },
      frames: [
        { ms: 1, from: 'client', json: { subscribe: 'orders' } },
        { ms: 2, from: 'service', text: 'ok' },
        { ms: 3, from: 'service', base64: '/w==' },
        { ms: 4, from: 'client', kind: 'close', base64: 'A+g=' },
      ],
    }
    const read = httpNotation.read(json, memoryFiles())
    expect(read.messages.map((m) => [m.from, m.message.type === 'frame' && m.message.opcode])).toEqual([
      ['service', false],
      ['client', 1],
      ['service', 1],
      ['service', 2],
      ['client', 8],
    ])
    expect(httpNotation.write(read, memoryFiles())).toEqual(json)
  })

  it.each<[string, JsonObject]>([
    ['request', {}],
    ['request.url', { request: { method: 'GET' } }],
    ['request.headers[1]', { request: { method: 'GET', url: 'http://a/', headers: [['a', 'b'], ['c']] } }],
    ['request.body', { request: { method: 'GET', url: 'http://a/', body: 'text' } }],
    ['response.status', { request: { method: 'GET', url: 'http://a/' }, response: { status: '200' } }],
    [
      'response.chunks[0]',
      { request: { method: 'GET', url: 'http://a/' }, response: { body: { text: '' }, chunks: [1] } },
    ],
    ['frames[0].kind', { request: { method: 'GET', url: 'http://a/' }, frames: [{ kind: 'huge', text: '' }] }],
    ['failure.failure', { request: { method: 'GET', url: 'http://a/' }, failure: { failure: 'moon' } }],
  ])('names the field %s when it is wrong', (path, json) => {
    const read = () => httpNotation.read(json, memoryFiles()).messages
    expect(read).toThrow(expect.objectContaining({ code: 'MORTAR_CASSETTE_UNREADABLE', where: path }))
  })
})
