import './stand-in.mjs'
import { openCache } from 'corpus-kit/cache'
import { expect, test } from 'vitest'
import { product } from './program/product.mjs'

test('a product is shown whatever the cache holds', async () => {
  const cache = await openCache()
  await cache.set('product:42', '{"name":"Mor')
  const shown = await product(cache, 42).catch(() => 'nothing')
  cache.destroy()
  expect(shown, 'not shown').toBe('Mortar, 5.00')
})
