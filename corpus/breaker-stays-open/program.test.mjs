import './stand-in.mjs'
import { expect, test } from 'vitest'
import { inEuros } from './program/in-euros.mjs'

test('an amount is converted', async () => {
  expect(await inEuros(10, 'GBP')).toBe(12.5)
})
