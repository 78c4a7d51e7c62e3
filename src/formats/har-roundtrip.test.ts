import { brotliCompressSync, deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Exchange, Timed } from '../core/exchange.ts'
import type { HeaderList, HttpQuestion, HttpReply } from '../protocols/http/message.ts'
import { har } from './har.ts'
import { writeHar } from './har-write.ts'

type Http = Exchange<HttpQuestion, HttpReply>

const source = { path: 'out.har', modifiedAt: 0, boundary: () => 'never asked' }

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => new TextEncoder().encode(text)),
)
const latin1 = fc.string({ unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)) })
const headers: fc.Arbitrary<HeaderList> = fc.array(
  fc.tuple(
    fc.constantFrom('Set-Cookie', 'content-type', 'Cookie', 'X-A', 'x-a', ':odd', 'Location', 'Expires'),
    latin1,
  ),
  { maxLength: 6 },
)
const sender = fc.constantFrom('client' as const, 'service' as const)
const status = fc.integer({ min: 100, max: 599 })
const version = fc.constantFrom('1.0' as const, '1.1' as const, '2' as const)
const later: fc.Arbitrary<HttpReply> = fc.oneof(
  fc.record({ type: fc.constant('data' as const), bytes }),
  fc.record({ type: fc.constant('data' as const), bytes }),
  fc.record({ type: fc.constant('trailers' as const), headers }),
  fc.record({
    type: fc.constant('frame' as const),
    opcode: fc.constantFrom(0, 1, 2, 8, 9, 10),
    fin: fc.boolean(),
    bytes,
  }),
  fc.record({
    type: fc.constant('failure' as const),
    failure: fc.constantFrom('reset' as const, 'truncated' as const),
    message: fc.string(),
  }),
  fc.record({ type: fc.constant('informational' as const), status, headers }),
  fc.record({ type: fc.constant('head' as const), status, reason: latin1, version, headers }),
)
const ms = fc.integer({ min: 0, max: 100_000 }).map((tenths) => tenths / 10)
const exchange: fc.Arbitrary<Http> = fc.record({
  id: fc.uuid(),
  boundary: fc.string(),
  protocol: fc.constant('http'),
  operation: fc.string(),
  effect: fc.boolean(),
  test: fc.option(fc.record({ file: fc.constantFrom('a.test.ts', ''), name: fc.constantFrom('one', 'two > three') })),
  askedAt: fc.integer({ min: 0, max: 4e12 }),
  durationMs: ms,
  question: fc.record({
    method: fc.constantFrom('GET', 'POST', 'PROPFIND'),
    url: fc.constantFrom('https://a.test/', 'http://a.test:8080/x?q=1&q=%20+', "https://a.test/a'b?x"),
    version,
    headers,
    body: bytes,
    trailers: headers,
  }),
  messages: fc.array(fc.record({ ms, from: sender, message: later }), { maxLength: 6 }),
  ending: fc.constantFrom('complete' as const, 'abandoned' as const, 'open' as const),
})

/** Buffers and plain arrays of bytes are the same to whoever reads an exchange. */
function plain(exchanges: readonly Http[]): unknown {
  return JSON.parse(
    JSON.stringify(exchanges, (_key, value: unknown) =>
      value instanceof Uint8Array ? { bytes: [...value] } : value,
    ).replaceAll('"type":"Buffer","data"', '"bytes"'),
  )
}

async function back(text: string): Promise<Http[]> {
  return (await har.read(text, source)).groups.flatMap((group) => group.exchanges)
}

test('any exchange written as HAR is read back exactly, and writing it again gives the same file', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(exchange, { maxLength: 4 }), async (exchanges) => {
      const { text, losses } = writeHar(exchanges)
      const read = await back(text)
      const key = ({ id }: Http): string => id
      expect(plain(read.toSorted((a, b) => (key(a) < key(b) ? -1 : 1)))).toEqual(
        plain(exchanges.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))),
      )
      expect(writeHar(read).text).toBe(text)
      expect(losses).toEqual([])
    }),
    { numRuns: 300 },
  )
})

const json = Buffer.from('{"name":"Zoë"}')
const encodings: readonly (readonly [string, Uint8Array, string])[] = [
  ['gzip', gzipSync(json), json.toString()],
  ['br', brotliCompressSync(json), json.toString()],
  ['deflate', deflateRawSync(json), json.toString()],
  ['zstd', zstdCompressSync(json), json.toString()],
  ['gzip', json, json.toString()],
  ['gzip', gzipSync(Buffer.from([1, 255])), Buffer.from([1, 255]).toString('base64')],
]

function answered(coding: string, chunks: readonly Uint8Array[]): Http {
  const messages: Timed<HttpReply>[] = [
    {
      ms: 3,
      from: 'service',
      message: {
        type: 'head',
        status: 200,
        reason: 'OK',
        version: '1.1',
        headers: [
          ['content-encoding', coding],
          ['content-length', String(Buffer.concat(chunks).length)],
        ],
      },
    },
    ...chunks.map((bytes, at) => ({ ms: 4 + at, from: 'service' as const, message: { type: 'data' as const, bytes } })),
  ]
  return {
    id: 'a1',
    boundary: 'b',
    protocol: 'http',
    operation: 'GET /',
    effect: false,
    test: null,
    askedAt: 1000,
    durationMs: 9,
    messages,
    ending: 'complete',
    question: {
      method: 'GET',
      url: 'https://a.test/',
      version: '1.1',
      headers: [],
      body: Buffer.alloc(0),
      trailers: [],
    },
  }
}

test.each(encodings)(
  'a %s body is readable in the file, and its exact bytes and pieces come back',
  async (coding, body, shown) => {
    const exchange = answered(coding, [body.subarray(0, 5), body.subarray(5)])
    const { text } = writeHar([exchange])

    expect(JSON.parse(text).log.entries[0].response.content.text).toBe(shown)
    expect(plain(await back(text))).toEqual(plain([exchange]))
  },
)

test('an edit of the readable body counts more than the encoded bytes beside it', async () => {
  const file = JSON.parse(writeHar([answered('gzip', [gzipSync(json)])]).text)
  file.log.entries[0].response.content.text = '{"name":"Zoe"}'
  const { groups, losses } = await har.read(JSON.stringify(file), source)

  expect(
    plain(
      groups.flatMap((group) =>
        group.exchanges.flatMap(({ messages }) => messages.map(({ message }) => message)),
      ) as never,
    ),
  ).toEqual([
    { type: 'head', status: 200, reason: 'OK', version: '1.1', headers: [['content-length', '14']] },
    { type: 'data', bytes: { bytes: [...Buffer.from('{"name":"Zoe"}')] } },
  ])
  expect(losses.map(({ count, what }) => `${count} ${what}`)).toEqual(['1 encoded response bodies'])
})

test('exchanges of other protocols are counted, not written', () => {
  const { text, losses } = writeHar([{ ...answered('identity', []), protocol: 'postgres' }])

  expect(JSON.parse(text).log.entries).toEqual([])
  expect(losses).toEqual([{ what: 'exchanges of other protocols', count: 1, why: 'HAR holds HTTP only' }])
})

test('frames are written as browsers write them', () => {
  const frame = { type: 'frame', opcode: 1, fin: true, bytes: Buffer.from('héllo') } as const
  const binary = { type: 'frame', opcode: 2, fin: true, bytes: Buffer.from([0, 255]) } as const
  const { text } = writeHar([
    {
      ...answered('identity', []),
      messages: [
        { ms: 10, from: 'client', message: frame },
        { ms: 20, from: 'service', message: binary },
      ],
    },
  ])
  const [entry] = JSON.parse(text).log.entries

  expect(entry._resourceType).toBe('websocket')
  expect(entry._webSocketMessages).toEqual([
    { type: 'send', time: 1.01, opcode: 1, data: 'héllo' },
    { type: 'receive', time: 1.02, opcode: 2, data: 'AP8=' },
  ])
})
