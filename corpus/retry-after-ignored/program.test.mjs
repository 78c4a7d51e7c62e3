import './stand-in.mjs'
import { expect, test } from 'vitest'
import { find } from './program/find.mjs'

test('what is looked for is found', async () => {
  expect(await find('mortar')).toEqual(['about mortar'])
})
