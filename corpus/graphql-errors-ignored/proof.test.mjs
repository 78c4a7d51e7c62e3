import { expect, test } from 'vitest'
import { sendInvoice } from './program/send-invoice.mjs'
import { billing } from './stand-in.mjs'

test('an invoice that is not sent is not said to be', async () => {
  billing.fault('POST /graphql', [200, { errors: [{ message: 'out of paper' }], data: null }])
  const said = await sendInvoice('in_1').catch(() => 'an error')
  expect(said, 'said to be sent').toBe('an error')
})
