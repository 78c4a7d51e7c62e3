import { expect, test } from 'vitest'
import { render } from './program/render.mjs'
import './stand-in.mjs'

test('a film is rendered', async () => {
  expect(await render('metropolis')).toBe('metropolis.mp4')
})
