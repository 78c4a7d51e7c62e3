import { pause } from 'corpus-kit/ask'
import { serviceDown } from 'mortar/faults'
import { mortarTest } from 'mortar/vitest'
import { expect, test } from 'vitest'
import { openCache } from './program/cache.mjs'
import { productName } from './program/product-name.mjs'
import './stand-in.mjs'

test('a product has its name without a cache', async () => {
  const cache = await openCache()
  await mortarTest.boundary('cache').fault(serviceDown({ operation: 'GET product:{id}' }))
  const name = await Promise.race([productName(cache, 42), pause(2000)])
  cache.close()
  expect(name, 'no page at all').toBe('Mortar')
})
