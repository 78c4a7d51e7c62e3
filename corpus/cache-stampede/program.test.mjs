import './stand-in.mjs'
import { openCache } from 'corpus-kit/cache'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { price } from './program/price.mjs'

let cache
beforeEach(async () => void (cache = await openCache()))
afterEach(() => cache.destroy())

test('a product has one price for all', async () => {
  expect(await price(cache, 42)).toBe(500)
  const prices = await Promise.all(Array.from({ length: 6 }, () => price(cache, 42)))
  expect(new Set(prices)).toEqual(new Set([500]))
})
