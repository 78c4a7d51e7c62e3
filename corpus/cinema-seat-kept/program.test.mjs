import { beforeEach, expect, test } from 'vitest'
import { book } from './program/book.mjs'
import { taken, tickets } from './stand-in.mjs'

beforeEach(() => {
  taken.clear()
  tickets.length = 0
})

test('a seat is booked', async () => {
  expect(await book('F7')).toBe('t-F7')
  expect([...taken]).toEqual(['F7'])
})
