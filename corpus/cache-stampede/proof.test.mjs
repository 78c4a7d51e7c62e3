import { worked } from './stand-in.mjs'
import { openCache } from 'corpus-kit/cache'
import { expect, test } from 'vitest'
import { price } from './program/price.mjs'

test('a price is worked out once for all who ask for it', async () => {
  const cache = await openCache()
  await price(cache, 42)
  await cache.del('price:42')
  worked.out = 0
  await Promise.all(Array.from({ length: 6 }, () => price(cache, 42)))
  cache.destroy()
  expect(worked.out, 'asked by all at once').toBe(1)
})
