import { duplexPair } from 'node:stream'
import { expect, it } from 'vitest'
import { greet } from './greet.ts'

it('half a greeting of PostgreSQL and then silence ends the connection', async () => {
  const [client, near] = duplexPair()
  const strange: string[] = []
  client
    .on('error', () => {})
    .resume()
    .write(Buffer.from([0, 0, 0, 80, 0, 3]))
  const greeting = await greet(near, { timeoutMs: 20, strange: (spoken) => strange.push(spoken) })
  expect(greeting.kind).toBe('gone')
  expect(strange).toEqual(['nothing that is a whole greeting'])
})
