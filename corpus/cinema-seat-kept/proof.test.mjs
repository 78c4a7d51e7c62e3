import { expect, test } from 'vitest'
import { book } from './program/book.mjs'
import { taken, ticketService } from './stand-in.mjs'

test('a seat without a ticket is free again', async () => {
  ticketService.fault('POST /tickets', [503, { error: 'down' }])
  await book('F7').catch(() => {})
  expect([...taken], 'the seat stays taken').toEqual([])
})
