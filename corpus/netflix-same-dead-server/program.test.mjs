import './stand-in.mjs'
import { expect, test } from 'vitest'
import { stars } from './program/stars.mjs'

test('a film has its stars', async () => {
  expect(await stars(7)).toBe(4)
})
