import fc from 'fast-check'
import { expect, it } from 'vitest'
import { memoryText, parseMemory } from './memory-size.ts'

it('reads what it writes, as exactly as it is written', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2 ** 20, max: 2 ** 46 }), (bytes) => {
      const read = parseMemory(memoryText(bytes))!
      expect(Math.abs(read - bytes)).toBeLessThanOrEqual(bytes < 2 ** 30 ? 2 ** 19 : 0.05 * 2 ** 30)
    }),
  )
})

it.each(['', '0MiB', '4', '4 GB', '-1GiB', 'GiB', '1e3MiB'])('takes %j for no size', (text) => {
  expect(parseMemory(text)).toBeUndefined()
})

it('names sizes as people do', () => {
  expect([300 * 2 ** 20, 2 ** 30, 2.5 * 2 ** 30].map(memoryText)).toEqual(['300 MiB', '1 GiB', '2.5 GiB'])
})
