import { eventually } from 'mortar'
import { beforeEach, expect, test } from 'vitest'
import { open } from './program/open.mjs'
import { visits } from './stand-in.mjs'

beforeEach(() => void visits.splice(0))

test('a short link leads to the long one, and the visit is counted', async () => {
  expect(await open('abc')).toBe('https://long.example/abc')
  await eventually(() => visits.length === 1)
})
