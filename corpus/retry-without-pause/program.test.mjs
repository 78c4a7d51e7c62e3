import './stand-in.mjs'
import { expect, test } from 'vitest'
import { fare } from './program/fare.mjs'

test('it is known what a ride costs', async () => {
  expect(await fare(7)).toBe(290)
})
