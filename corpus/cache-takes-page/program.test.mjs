import './stand-in.mjs'
import { openCache } from 'corpus-kit/cache'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { productName } from './program/product-name.mjs'

let cache
beforeEach(async () => void (cache = await openCache()))
afterEach(() => cache.destroy())

test('a product has its name', async () => {
  expect(await productName(cache, 42)).toBe('Mortar')
})
