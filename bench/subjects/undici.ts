import { fetch, MockAgent, setGlobalDispatcher } from 'undici'
import { answerHeaders } from '../exchanges.ts'
import type { OpenedSubject, SubjectInput } from './subject.ts'

/** MockAgent under undici's own `fetch`: under node's, a body arrives as `[object AsyncGenerator]` and matches nothing. */
export function open({ exchanges, origin }: SubjectInput): OpenedSubject {
  const agent = new MockAgent()
  agent.disableNetConnect()
  setGlobalDispatcher(agent)
  const pool = agent.get(origin)
  for (const { method, path, body, answer } of exchanges) {
    pool
      .intercept({ path, method, ...(body !== undefined && { body }) })
      .reply(200, answer, { headers: answerHeaders })
      .persist()
  }
  return { fetch: fetch as unknown as typeof globalThis.fetch, close: () => agent.close() }
}
