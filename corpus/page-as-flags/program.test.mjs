import './stand-in.mjs'
import { expect, test } from 'vitest'
import { theme } from './program/theme.mjs'

test('a page is light unless the flag says otherwise', async () => {
  expect(await theme()).toBe('light')
})
