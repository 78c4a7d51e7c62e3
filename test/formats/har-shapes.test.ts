import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { importText } from './import-text.ts'
import { answerBody, answerHead } from './read-truth.ts'

const entry = {
  startedDateTime: '2025-03-04T05:06:07.089Z',
  time: 30,
  request: {
    method: 'GET',
    url: 'https://a.test/x#top',
    httpVersion: 'h2',
    cookies: [],
    headers: [{ name: ':path', value: '/x' }],
  },
  response: {
    status: 200,
    statusText: '',
    httpVersion: 'h2',
    cookies: [],
    headers: [{ name: 'content-encoding', value: 'br' }],
    content: { size: 5, mimeType: 'text/plain', text: 'hello' },
  },
  cache: {},
  timings: { blocked: 5, dns: -1, connect: 5, send: 1, wait: 9, receive: 10 },
}
const mimeType = 'application/x-www-form-urlencoded'
const one = (changes: object, creator = 'WebInspector') =>
  importText(
    JSON.stringify({ log: { version: '1.2', creator: { name: creator }, entries: [{ ...entry, ...changes }] } }),
    'a.har',
  )

test('what a browser writes is read, and what it lost is counted', async () => {
  const { exchanges, losses, format } = await one({ serverIPAddress: '192.0.2.1', _initiator: { type: 'script' } })
  const [exchange] = exchanges

  expect(format).toBe('har')
  expect(exchange?.question).toMatchObject({ url: 'https://a.test/x', version: '2', headers: [] })
  expect(exchange?.askedAt).toBe(Date.parse(entry.startedDateTime))
  expect(exchange?.messages.map(({ ms }) => ms)).toEqual([20, 30])
  expect(answerHead(exchange).headers).toEqual([])
  expect(answerBody(exchange).toString()).toBe('hello')
  expect(losses).toEqual([
    '1 `serverIPAddress` fields',
    '1 `_initiator` fields',
    '1 timings',
    '1 URL fragments',
    '1 encoded response bodies',
  ])
})

test('cookies listed without their header, and bodies left out, are counted', async () => {
  const { losses } = await one({
    request: {
      ...entry.request,
      url: 'https://a.test/x',
      method: 'POST',
      bodySize: 7,
      cookies: [{ name: 'a', value: '1' }],
    },
    response: { ...entry.response, headers: [], content: { size: 9 } },
    timings: {},
  })

  expect(losses).toEqual(['1 request cookies', '1 request bodies', '1 response bodies'])
})

test('a form kept as parameters is put together', async () => {
  const postData = { mimeType: 'application/x-www-form-urlencoded', params: [{ name: 'a b', value: 'ë' }] }
  const { exchanges } = await one({ request: { ...entry.request, method: 'POST', postData } })

  expect(Buffer.from(exchanges[0]?.question.body ?? []).toString()).toBe('a+b=%C3%AB')
})

test.each([
  ['net::ERR_CONNECTION_REFUSED', 'refused'],
  ['net::ERR_NAME_NOT_RESOLVED', 'unresolved'],
  ['net::ERR_CERT_AUTHORITY_INVALID', 'tls'],
  ['net::ERR_EMPTY_RESPONSE', 'reset'],
])('a request that ended in %s is a recorded failure', async (_error, failure) => {
  const { exchanges } = await one({ response: { ...entry.response, status: 0, _error } })

  expect(exchanges[0]?.messages.map(({ message }) => message)).toEqual([{ type: 'failure', failure, message: _error }])
})

test('a blocked request and a data URL are counted and left out', async () => {
  const blocked = await one({ response: { ...entry.response, status: 0, _error: 'net::ERR_BLOCKED_BY_CLIENT' } })
  const data = await one({ request: { ...entry.request, url: 'data:text/plain,x' } })

  expect([...blocked.exchanges, ...data.exchanges]).toEqual([])
  expect(blocked.losses).toContain('1 requests without an answer')
  expect(data.losses).toEqual(['1 requests that use no network'])
})

test('messages of a WebSocket become frames with their times', async () => {
  const start = Date.parse(entry.startedDateTime) / 1000
  const { exchanges } = await one({
    request: { ...entry.request, url: 'wss://a.test/live' },
    response: { ...entry.response, status: 101, headers: [], content: { size: 0 } },
    _resourceType: 'websocket',
    _webSocketMessages: [
      { type: 'send', time: start + 0.5, opcode: 1, data: 'hi' },
      { type: 'receive', time: start + 0.75, opcode: 2, data: 'AP8=' },
    ],
  })

  expect(exchanges[0]?.question.url).toBe('https://a.test/live')
  expect(exchanges[0]?.messages.slice(1)).toEqual([
    { ms: 500, from: 'client', message: { type: 'frame', opcode: 1, fin: true, bytes: Buffer.from('hi') } },
    { ms: 750, from: 'service', message: { type: 'frame', opcode: 2, fin: true, bytes: Buffer.from([0, 255]) } },
  ])
})

test('recordings of Polly 5, which kept bytes as hex, are read', async () => {
  const content = { mimeType: 'image/png', size: 2, _isBinary: true, text: '00ff' }
  const { exchanges, format } = await one({ response: { ...entry.response, headers: [], content } }, 'Polly.JS')

  expect(format).toBe('polly')
  expect(answerBody(exchanges[0]).toString('hex')).toBe('00ff')
})

test('the pieces that Polly keeps of an encoded body stay apart', async () => {
  const zipped = gzipSync('hello')
  const pieces = [zipped.subarray(0, 7), zipped.subarray(7)]
  const content = { size: 1, encoding: 'base64', text: JSON.stringify(pieces.map((piece) => piece.toString('base64'))) }
  const headers = [{ name: 'content-encoding', value: 'gzip' }]
  const { exchanges } = await one({ response: { ...entry.response, headers, content } }, 'Polly.JS')

  expect(answerBody(exchanges[0])).toEqual(zipped)
  expect(exchanges[0]?.messages.length).toBe(3)
})

test.each([
  ['a field of a form', { postData: { mimeType, params: [{ name: { toString: false } }] } }, 'postData.params[0].name'],
  ['the value of one', { postData: { mimeType, params: [{ name: 'a', value: [] }] } }, 'postData.params[0].value'],
  ['a header', { headers: [{ name: 'a', value: { toString: false } }] }, 'headers[0].value'],
])('%s that is no text is refused with its place', async (_what, changes, place) => {
  await expect(one({ request: { ...entry.request, ...changes } })).rejects.toMatchObject({
    code: 'MORTAR_IMPORT_UNREADABLE',
    where: `a.har: log.entries[0].request.${place}`,
  })
})

test('objects without a text where only the size or the kind of something is told do not keep a file out', async () => {
  const odd = { toString: false }
  const { exchanges } = await one({
    request: { ...entry.request, bodySize: odd, postData: { mimeType: odd, params: [{ name: odd }] } },
    response: { ...entry.response, content: { size: odd }, httpVersion: odd },
  })

  expect(exchanges[0]?.question.body).toHaveLength(0)
})
