import './stand-in.mjs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openCache } from './program/cache.mjs'
import { productName } from './program/product-name.mjs'

let cache
beforeEach(async () => void (cache = await openCache()))
afterEach(() => cache.close())

test('a product has its name', async () => {
  expect(await productName(cache, 42)).toBe('Mortar')
})
