import './stand-in.mjs'
import { expect, test } from 'vitest'
import { homepage } from './program/homepage.mjs'

test('the page shows what was begun and what others watch', async () => {
  expect(await homepage(42)).toEqual({ resume: ['Nosferatu'], trending: ['Metropolis'] })
})
