import './stand-in.mjs'
import { expect, test } from 'vitest'
import { pieces } from './program/pieces.mjs'

test('it is known how many pieces there are', async () => {
  expect(await pieces(42)).toBe(3)
})
