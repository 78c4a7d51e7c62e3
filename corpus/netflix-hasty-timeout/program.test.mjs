import { beforeEach, expect, test } from 'vitest'
import { watched } from './program/watched.mjs'
import { views } from './stand-in.mjs'

beforeEach(() => void views.splice(0))

test('what was watched is counted', async () => {
  expect(await watched('Metropolis')).toBe(1)
})
