import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { readyResponse } from './fetch-response.ts'
import type { HttpReply } from './message.ts'

function answerOf(status: number, encoding: string, body: Uint8Array): Response {
  const headers = [['content-encoding', encoding]] as const
  const replies: readonly HttpReply[] = [
    { type: 'head', status, reason: 'R', version: '1.1', headers },
    { type: 'data', bytes: body },
  ]
  return readyResponse(replies, { url: 'http://a.test/', redirected: false })
}

it('undoes an encoding that it knows', async () => {
  expect(await answerOf(200, 'gzip', gzipSync('hi')).text()).toBe('hi')
})

it.each(['__proto__', 'constructor', 'x'])('hands on a body as it is whose encoding is %s', async (encoding) => {
  expect(await answerOf(200, encoding, Buffer.from('hi')).text()).toBe('hi')
})

it.each([
  [999, false],
  [600, false],
  [204, true],
])('has the status %i, of which some are none to the constructor of Response', async (status, ok) => {
  const response = answerOf(status, '', Buffer.from('hi'))

  expect([response.status, response.ok, response.statusText]).toEqual([status, ok, 'R'])
  expect([response.clone().status, await response.text()]).toEqual([status, status === 204 ? '' : 'hi'])
})
