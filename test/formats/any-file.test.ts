import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { MortarError } from '../../src/core/errors.ts'
import { writeHar } from '../../src/formats/har-write.ts'
import { countOfPlaces, inEachPlace, oddValue, oddValues, withOdd } from '../support/odd-values.ts'
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

/** How every file is written; a cassette of VCR or vcrpy may be YAML too, in which scalars are told another way. */
const texts: Record<string, { value: unknown; written: (value: unknown) => string }> = {
  ...Object.fromEntries(Object.entries(files).map(([name, value]) => [name, { value, written: JSON.stringify }])),
  'vcr in YAML': { value: files['vcr'], written: yaml },
  'vcrpy in YAML': { value: files['vcrpy'], written: yaml },
}

function yaml(value: unknown): string {
  return stringify(value, { aliasDuplicateObjects: false, customTags: ['binary'] })
}

/** Every plain scalar is a text in YAML, but there are bytes. */
const oddInYaml: readonly unknown[] = [
  ...oddValues.filter((value) => typeof value === 'object' || value === ''),
  Buffer.from([0xff, 0]),
]

/** Reads a file; it may only be refused with a code, and what was read can be written and read again. */
async function readOrRefused(text: string): Promise<void> {
  try {
    const { exchanges } = await importText(text)
    for (const { askedAt, durationMs } of exchanges) expect(askedAt + durationMs).toBeGreaterThanOrEqual(0)
    const again = await importText(writeHar(exchanges).text)
    expect(again.exchanges).toHaveLength(exchanges.length)
  } catch (error) {
    if (error instanceof Error && error.message === 'no format is detected') return
    if (!MortarError.is(error)) throw error
  }
}

test.each(Object.keys(texts))(
  'each odd value in each place of a %s file is read or refused with a code',
  async (name) => {
    const { value, written } = texts[name]!
    expect(countOfPlaces(value)).toBeGreaterThanOrEqual(20)
    await inEachPlace(value, (changed) => readOrRefused(written(changed)), written === yaml ? oddInYaml : oddValues)
  },
)

test.each(Object.keys(texts))(
  'whatever stands in two places of a %s file, it is read or refused with a code',
  async (name) => {
    const { value, written } = texts[name]!
    const place = fc.nat(countOfPlaces(value) - 1)
    await fc.assert(
      fc.asyncProperty(place, oddValue, place, oddValue, (first, one, second, other) =>
        readOrRefused(written(withOdd(withOdd(value, first, one), second, other))),
      ),
      { numRuns: 200 },
    )
  },
)
