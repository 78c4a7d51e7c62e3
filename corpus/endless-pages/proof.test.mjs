import { pause } from 'corpus-kit/ask'
import { expect, test } from 'vitest'
import { contacts } from './program/contacts.mjs'
import { crm } from './stand-in.mjs'

test('a page that comes again and again is not read for ever', async () => {
  crm.fault('GET /contacts', [200, { contacts: ['Grace'], next: 'p2' }], { times: 300 })
  const asked = contacts().then(
    () => 'an answer',
    () => 'an error',
  )
  const ended = await Promise.race([asked, pause(100).then(() => 'nothing')])
  expect(ended, 'read for ever').toBe('an error')
})
