import { describe, expect, it } from 'vitest'
import { readyAnswer } from '../../core/peer.ts'
import { watchBody } from './body-use.ts'
import { createFetch } from './fetch.ts'
import type { HttpReply } from './message.ts'

/** Asks by a `fetch` of ours. @returns Whether it is known, each time that is asked, that the body was not read. */
async function ask(status: number, replies: readonly HttpReply[]): Promise<[Response, () => boolean]> {
  let isUnread = (): boolean => false
  const head: HttpReply = { type: 'head', status, reason: '', version: '1.1', headers: [] }
  const asked = createFetch(
    () => (question) => {
      isUnread = watchBody(question)
      return readyAnswer([head, ...replies])
    },
    fetch,
  )
  return [await asked('http://a.test/'), isUnread]
}

const data: HttpReply = { type: 'data', bytes: Buffer.from('{"a":1}') }

describe('a body', () => {
  it('is unread until somebody reads it, in a clone too', async () => {
    const [response, isUnread] = await ask(200, [data])
    const clone = response.clone()
    expect([response.status, isUnread()]).toEqual([200, true])
    await clone.json()
    expect(isUnread()).toBe(false)
  })

  it('is as good as read once somebody holds a reader of it', async () => {
    const [response, isUnread] = await ask(200, [data])
    response.body?.getReader()
    expect(isUnread()).toBe(false)
  })

  it('is unread where it is cancelled, unless something was read before', async () => {
    const [left, isLeftUnread] = await ask(200, [data])
    await left.body?.cancel()
    expect([left.bodyUsed, isLeftUnread()]).toEqual([true, true])
    const [begun, isBegunUnread] = await ask(200, [data])
    const reader = begun.body!.getReader()
    await reader.read()
    reader.releaseLock()
    await begun.body?.cancel()
    expect(isBegunUnread()).toBe(false)
  })

  it('that is not there was read by nobody, and of one that never came nothing is known', async () => {
    const [, isUnread] = await ask(204, [])
    expect(isUnread()).toBe(true)
    expect(watchBody({})()).toBe(false)
  })
})
