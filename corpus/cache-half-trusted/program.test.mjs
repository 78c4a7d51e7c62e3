import './stand-in.mjs'
import { openCache } from 'corpus-kit/cache'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { product } from './program/product.mjs'

let cache
beforeEach(async () => {
  cache = await openCache()
  await cache.set('product:42', JSON.stringify({ name: 'Mortar', cents: 500 }))
})
afterEach(() => cache.destroy())

test('a product has its price', async () => {
  expect(await product(cache, 42)).toBe('Mortar, 5.00')
})
