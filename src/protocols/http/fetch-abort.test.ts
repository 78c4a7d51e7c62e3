import { once } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { createFetch } from './fetch.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

it('hears of an abort although its own request has become garbage', async () => {
  const stopped = Promise.withResolvers<unknown>()
  const silent = createFetch(
    () =>
      // oxlint-disable-next-line require-yield -- It never answers.
      async function* (_question, signal) {
        await once(signal, 'abort')
        stopped.resolve(signal.reason)
      },
    fetch,
  )
  const caller = new AbortController()
  const answer = silent(new Request('http://service.test/', { signal: caller.signal }))
  answer.catch(() => {})
  await setImmediate()
  collectGarbage()
  await setImmediate()
  collectGarbage()
  const reason = new Error('given up')
  caller.abort(reason)
  await expect(answer).rejects.toBe(reason)
  await expect(stopped.promise).resolves.toBe(reason)
})
