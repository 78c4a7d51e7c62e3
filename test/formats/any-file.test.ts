import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MortarError } from '../../src/core/errors.ts'
import { writeHar } from '../../src/formats/har-write.ts'
import { importText } from './import-text.ts'

const headers = { 'Content-Encoding': ['gzip'], 'Set-Cookie': ['a=1', 'b=2'], 'Content-Length': '3' }
const pairs = [{ name: 'content-encoding', value: 'gzip' }]
const harEntry = {
  startedDateTime: '2025-03-04T05:06:07.089Z',
  time: 30,
  request: {
    method: 'POST',
    url: 'https://user:p@a.test/x',
    httpVersion: 'HTTP/1.1',
    headers: pairs,
    cookies: [],
    postData: { mimeType: 'application/x-www-form-urlencoded', text: '', params: [{ name: 'a', value: 'b' }] },
  },
  response: {
    status: 200,
    statusText: 'OK',
    headers: pairs,
    cookies: [],
    content: { size: 2, text: 'hi', encoding: 'base64' },
  },
  timings: { send: 1, wait: 2 },
  _webSocketMessages: [{ type: 'send', time: 1, opcode: 2, data: 'AP8=' }],
}
const own = {
  id: 'a',
  boundary: 'b',
  protocol: 'http',
  operation: 'GET /',
  effect: false,
  test: { file: 'f', name: 'n' },
  askedAt: 1000,
  durationMs: 5,
  ending: 'complete' as const,
  question: {
    method: 'GET',
    url: 'https://a.test/',
    version: '1.1' as const,
    headers: [],
    body: Buffer.from('x'),
    trailers: [],
  },
  messages: [
    {
      ms: 1,
      from: 'service' as const,
      message: { type: 'head' as const, status: 200, reason: '', version: '1.1' as const, headers: [] },
    },
    { ms: 2, from: 'service' as const, message: { type: 'data' as const, bytes: Buffer.from('y') } },
    {
      ms: 3,
      from: 'client' as const,
      message: { type: 'frame' as const, opcode: 1, fin: true, bytes: Buffer.from('z') },
    },
    { ms: 4, from: 'service' as const, message: { type: 'trailers' as const, headers: [] } },
  ],
}
const files: Record<string, unknown> = {
  har: { log: { version: '1.2', creator: { name: 'X' }, entries: [harEntry] } },
  own: JSON.parse(writeHar([own]).text),
  polly: { log: { _recordingName: 'a/b', creator: { name: 'Polly.JS' }, entries: [harEntry] } },
  nock: [
    {
      scope: 'http://u:p@a.test:80',
      method: 'GET',
      path: '/',
      body: { a: 1 },
      status: 200,
      response: ['00'],
      rawHeaders: ['Content-Encoding', 'gzip'],
      reqheaders: headers,
    },
  ],
  vcr: {
    http_interactions: [
      {
        request: { method: 'get', uri: 'http://a.test/', body: { encoding: 'UTF-8', string: 'x' }, headers },
        response: {
          status: { code: 200, message: 'OK' },
          headers,
          body: { encoding: 'UTF-8', base64_string: 'AA==' },
          http_version: null,
        },
        recorded_at: 'Tue, 04 Mar 2025 05:06:07 GMT',
      },
    ],
    recorded_with: 'VCR',
  },
  vcrpy: {
    interactions: [
      {
        request: { method: 'GET', uri: 'http://a.test/', body: null, headers },
        response: { status: { code: 200, message: 'OK' }, headers, body: { string: 'x' } },
      },
    ],
    version: 1,
  },
}

/** Replaces the `nth` value inside, counted depth first. */
function replaced(value: unknown, nth: { left: number }, by: unknown): unknown {
  if (nth.left-- === 0) return by
  if (Array.isArray(value)) return value.map((item) => replaced(item, nth, by))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaced(item, nth, by)]))
}

const odd = fc.oneof(
  fc.constantFrom('', 'http://%zz:%@a.test/', 'https://a.test:443', '%', 'data:x', '<%', '-1', 'Infinity', '9e99'),
  fc.jsonValue({ maxDepth: 1 }),
)

test.each(Object.keys(files))(
  'whatever stands in one place of a %s file, it is read or refused with a code',
  async (name) => {
    await fc.assert(
      fc.asyncProperty(fc.nat(90), odd, async (left, by) => {
        try {
          const { exchanges } = await importText(JSON.stringify(replaced(files[name], { left }, by)))
          for (const { askedAt, durationMs } of exchanges) expect(askedAt + durationMs).toBeGreaterThanOrEqual(0)
          expect(() => writeHar(exchanges)).not.toThrow()
        } catch (error) {
          if (error instanceof Error && error.message === 'no format is detected') return
          if (!MortarError.is(error)) throw error
        }
      }),
      { numRuns: 400 },
    )
  },
)
