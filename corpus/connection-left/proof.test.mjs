import { pause } from 'corpus-kit/ask'
import { expect, test } from 'vitest'
import { printLabel } from './program/print-label.mjs'
import { carrier, connected } from './stand-in.mjs'

test('a job that has failed leaves the printer to others', async () => {
  carrier.fault('GET /labels/:id', [503, {}])
  await printLabel('100234').catch(() => {})
  await pause(100)
  expect(connected(), 'still connected').toBe(0)
})
