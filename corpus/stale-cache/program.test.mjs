import './stand-in.mjs'
import { openCache } from 'corpus-kit/cache'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { rename } from './program/rename.mjs'

let cache
beforeEach(async () => {
  cache = await openCache()
  await cache.set('product:42', 'Old')
})
afterEach(() => cache.destroy())

test('a product gets a new name', async () => {
  expect(await rename(cache, 42, 'New')).toBe('New')
})
