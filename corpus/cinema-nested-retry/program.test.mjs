import './stand-in.mjs'
import { expect, test } from 'vitest'
import { showing } from './program/showing.mjs'

test('a showing has the title of its film', async () => {
  expect(await showing(7)).toBe('20:15 Metropolis')
})
