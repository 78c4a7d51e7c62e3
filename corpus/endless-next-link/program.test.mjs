import './stand-in.mjs'
import { expect, test } from 'vitest'
import { issues } from './program/issues.mjs'

test('the issues of all pages are read', async () => {
  expect(await issues()).toEqual(['It burns', 'It leaks'])
})
