import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { answerBody, answerHead, comparable, expectTruth, lossLines, recordForReal } from './read-truth.ts'

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

test('what nock 13 records of real traffic is what the service sent, but for the spaces of JSON', async () => {
  const { exchanges, truths, origin, format, imported } = await recordForReal('nock.json', (from, output) => [
    process.execPath,
    script('record-nock-13.fixture.ts'),
    from,
    output,
  ])

  expect(format).toBe('nock')
  expect(exchanges.length).toBe(truths.length)
  for (const [at, truth] of truths.entries()) {
    if (truth.path !== '/json') expectTruth(exchanges[at], truth, origin)
  }
  const json = truths.findIndex(({ path }) => path === '/json')
  expect(answerBody(exchanges[json]).toString()).toBe('{"spaced":[1,2]}')
  expect(answerHead(exchanges[json]).headers).toContain('content-length: 16')
  expect(exchanges[json]?.question.body.toString()).toBe('{"title":"Zoë","n":[1,2]}')
  expect(exchanges[0]?.askedAt).toBe(Date.UTC(2025, 2, 4, 5, 6, 7))
  expect(exchanges.map(({ effect }) => effect)).toEqual(truths.map(({ method }) => method === 'POST'))
  expect(lossLines(imported.losses)).toEqual([
    '9 request headers',
    '1 spacing of JSON request bodies',
    '1 spacing of JSON response bodies',
    '1 response lengths',
    '1 request bodies of digits and a to f',
  ])
})

test('what nock 15 records of real traffic is what the service sent, but for repeated headers and the spaces of JSON', async () => {
  const { exchanges, truths, origin, imported } = await recordForReal('nock.json', (from, output) => [
    process.execPath,
    script('record-nock.fixture.ts'),
    from,
    output,
  ])

  expect(exchanges.length).toBe(truths.length)
  for (const [at, truth] of truths.entries()) {
    if (truth.path !== '/json' && !truth.path.startsWith('/cookies')) expectTruth(exchanges[at], truth, origin)
    const kept = comparable(exchanges[at]?.question.headers ?? []).filter((line) => !line.startsWith('connection'))
    for (const line of kept)
      expect(line).toBe(`${line.split(':')[0]}: ${truth.requestHeaders[line.split(':')[0] ?? '']}`)
  }
  expect(answerHead(exchanges[0]).headers).toContain('set-cookie: b=2; Path=/')
  expect(lossLines(imported.losses)).toEqual([
    '9 order and repetition of response headers',
    '1 spacing of JSON response bodies',
    '1 response lengths',
  ])
})
