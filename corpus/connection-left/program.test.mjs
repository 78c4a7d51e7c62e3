import { expect, test } from 'vitest'
import { printLabel } from './program/print-label.mjs'
import './stand-in.mjs'

test('a label is printed', async () => {
  expect(await printLabel('100234')).toBe('printed')
})
