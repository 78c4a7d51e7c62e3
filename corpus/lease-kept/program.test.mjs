import './stand-in.mjs'
import { expect, test } from 'vitest'
import { report } from './program/report.mjs'

test('a report is made', async () => {
  expect(await report('may')).toBe('rep-1')
})
