import './stand-in.mjs'
import { expect, test } from 'vitest'
import { contacts } from './program/contacts.mjs'

test('the contacts of all pages are read', async () => {
  expect(await contacts()).toEqual(['Ada', 'Grace', 'Edsger'])
})
