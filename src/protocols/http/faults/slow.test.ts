import { expect, onTestFinished, test, vi } from 'vitest'
import type { HttpQuestion, HttpReply } from '../message.ts'
import { slow } from './slow.ts'

const question = { method: 'GET', url: 'https://a.test/', version: '1.1', headers: [], trailers: [] } as const
const head: HttpReply = { type: 'head', status: 204, reason: 'No Content', version: '1.1', headers: [] }

async function ask(ms: number): Promise<readonly HttpReply[]> {
  const never = new AbortController().signal
  const peer = slow(ms).before(async function* () {
    yield head
  }, never)
  return Array.fromAsync(peer({ ...question, body: Buffer.alloc(0) } satisfies HttpQuestion, never))
}

test('a late answer comes when the clock of the program says so, however little time has passed', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const asked = ask(600_000)
  await vi.advanceTimersByTimeAsync(600_000)
  expect(await asked).toEqual([head])
})

test('a clock that a test has stopped does not keep a late answer away', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  expect(await ask(20)).toEqual([head])
})
