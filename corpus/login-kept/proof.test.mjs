import { expect, test } from 'vitest'
import { myName } from './program/my-name.mjs'
import { sessions } from './stand-in.mjs'

test('my name is known once a login has worked', async () => {
  sessions.fault('POST /sessions', [503, { error: 'down' }], { times: 3 })
  await myName().catch(() => {})
  expect(await myName()).toBe('Ann')
})
