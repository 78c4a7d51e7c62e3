import { pause } from 'corpus-kit/ask'
import { openCache } from 'corpus-kit/cache'
import { redisFaults } from 'mortar/faults'
import { mortarTest } from 'mortar/vitest'
import { expect, test } from 'vitest'
import { productName } from './program/product-name.mjs'

test('a product has its name without a cache', async () => {
  const cache = await openCache()
  await mortarTest.boundary('cache').fault(redisFaults.timeout(), { operation: 'GET product:{id}' })
  const name = await Promise.race([productName(cache, 42), pause(2000)])
  cache.destroy()
  expect(name, 'no page at all').toBe('Mortar')
})
