import { expect, test } from 'vitest'
import { book } from './program/book.mjs'
import { payments, reserved } from './stand-in.mjs'

test('a room that is not paid is not reserved', async () => {
  payments.fault('POST /payments', [403, { error: 'no funds' }])
  await book({ room: 'r-12', cents: 9900 }).catch(() => {})
  expect(reserved.size, 'reserved for ever').toBe(0)
})
