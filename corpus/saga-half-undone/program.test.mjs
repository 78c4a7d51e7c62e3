import './stand-in.mjs'
import { expect, test } from 'vitest'
import { book } from './program/book.mjs'

test('a room is booked', async () => {
  expect(await book({ room: 'r-12', cents: 9900 })).toMatchObject({ room: 'r-12', cents: 9900 })
})
