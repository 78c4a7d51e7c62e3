import { pause } from 'corpus-kit/ask'
import { expect, test } from 'vitest'
import { lastSeen, render } from './program/render.mjs'
import { farm } from './stand-in.mjs'

test('a job that has failed is not alive', async () => {
  farm.fault('PUT /films/:id', [503, {}])
  await render('metropolis').catch(() => {})
  const before = lastSeen('metropolis')
  await pause(200)
  expect(lastSeen('metropolis'), 'still said to be alive').toBe(before)
})
