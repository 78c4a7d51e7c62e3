import { expect, test } from 'vitest'
import { setEmail } from './program/set-email.mjs'
import { customers } from './stand-in.mjs'

test('the address of a customer who is not there yet is kept', async () => {
  await setEmail('100777', 'grace@example.com')
  expect(customers.get('100777')?.email, 'the address is nowhere').toBe('grace@example.com')
})
