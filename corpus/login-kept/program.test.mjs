import './stand-in.mjs'
import { expect, test } from 'vitest'
import { myName } from './program/my-name.mjs'

test('my name is known', async () => {
  expect(await myName()).toBe('Ann')
})
