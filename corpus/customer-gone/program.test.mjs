import { expect, test } from 'vitest'
import { setEmail } from './program/set-email.mjs'
import './stand-in.mjs'

test('a customer has another address', async () => {
  expect(await setEmail('100234', 'lovelace@example.com')).toBe('lovelace@example.com')
})
