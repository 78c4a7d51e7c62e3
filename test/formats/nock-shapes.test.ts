import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { importError, importText } from './import-text.ts'
import { answerBody, answerHead } from './read-truth.ts'

const definition = {
  scope: 'https://api.github.com:443',
  method: 'get',
  path: "/repos/a/b?q='x'",
  body: '',
  status: 200,
  response: { id: 1 },
  rawHeaders: ['Content-Type', 'application/json', 'X-A', '1', 'X-A', '2'],
  responseIsBinary: false,
}
const one = (changes: object): Promise<Awaited<ReturnType<typeof importText>>> =>
  importText(JSON.stringify([{ ...definition, ...changes }]), 'fixtures/a.json')

test('the default port leaves the address, and the path stays as it was asked', async () => {
  const { exchanges, format } = await one({})

  expect(format).toBe('nock')
  expect(exchanges[0]?.question.url).toBe("https://api.github.com/repos/a/b?q='x'")
  expect(exchanges[0]?.boundary).toBe('api.github.com')
  expect(exchanges[0]?.operation).toBe('GET /repos/a/b')
  expect(answerHead(exchanges[0]).headers).toEqual(['content-type: application/json', 'x-a: 1', 'x-a: 2'])
})

test('any other port stays', async () => {
  expect((await one({ scope: 'http://a.test:8080' })).exchanges[0]?.question.url).toContain('http://a.test:8080/repos')
})

test('the pieces of an encoded body stay apart', async () => {
  const zipped = gzipSync('hello')
  const { exchanges } = await one({
    response: [zipped.subarray(0, 7).toString('hex'), zipped.subarray(7).toString('hex')],
    rawHeaders: ['Content-Encoding', 'gzip'],
  })

  expect(exchanges[0]?.messages.map(({ message }) => (message.type === 'data' ? message.bytes.length : 0))).toEqual([
    0,
    7,
    zipped.length - 7,
  ])
  expect(answerBody(exchanges[0])).toEqual(zipped)
})

test('an encoded body that the recorder kept decoded loses its content-encoding, and that is counted', async () => {
  const { exchanges, losses } = await one({
    response: 'hello',
    rawHeaders: ['Content-Encoding', 'gzip', 'Content-Length', '25'],
    reqheaders: {},
  })

  expect(answerHead(exchanges[0]).headers).toEqual(['content-length: 5'])
  expect(losses).toContain('1 encoded response bodies')
})

test('without a date the time of the file is taken, and that is counted', async () => {
  const { exchanges, losses } = await one({})

  expect(exchanges[0]?.askedAt).toBe(5000)
  expect(losses).toContain('1 times')
})

test('fields that an exchange has no place for are counted by name', async () => {
  const { losses } = await one({ options: { allowUnmocked: true }, badheaders: ['x'] })

  expect(losses).toContain('1 `options` fields')
  expect(losses).toContain('1 `badheaders` fields')
})

test('identical exchanges get different ids, which are the same each time', async () => {
  const text = JSON.stringify([definition, definition])
  const first = await importText(text)
  const again = await importText(text)

  expect(new Set(first.exchanges.map(({ id }) => id)).size).toBe(2)
  expect(again.exchanges).toEqual(first.exchanges)
})

test('JavaScript that nock wrote is refused with the way to record definitions', async () => {
  const text = "const nock = require('nock')\nnock('https://a.test').get('/x').reply(200, {})\n"
  const error = await importError(text, 'fixtures/a.js')

  expect(error.code).toBe('MORTAR_IMPORT_UNSUPPORTED')
  expect(error.hint).toContain('output_objects: true')
})

test.each([
  ['a request body of hex digits with the length of the bytes', '00ff', { 'content-length': '2' }, '00ff'],
  ['a request body of hex digits with the length of the text', '00ff', { 'content-length': '4' }, '30306666'],
])('%s is taken by its length', async (_what, body, reqheaders, hex) => {
  const { exchanges } = await one({ body, reqheaders })

  expect(Buffer.from(exchanges[0]?.question.body ?? []).toString('hex')).toBe(hex)
})
