import './stand-in.mjs'
import { expect, test } from 'vitest'
import { sendInvoice } from './program/send-invoice.mjs'

test('an invoice is sent', async () => {
  expect(await sendInvoice('in_1')).toBe('sent')
})
