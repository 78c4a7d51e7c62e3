import './stand-in.mjs'
import { openCache } from 'corpus-kit/cache'
import { lostConnection } from 'mortar/faults'
import { mortarTest } from 'mortar/vitest'
import { expect, test } from 'vitest'
import { rename } from './program/rename.mjs'

test('a product that has a new name is not known by its old one', async () => {
  const cache = await openCache()
  await cache.set('product:42', 'Old')
  await mortarTest.boundary('cache').fault(lostConnection({ operation: 'DEL product:{id}' }))
  await rename(cache, 42, 'New').catch(() => {})
  const known = await cache.get('product:42')
  cache.destroy()
  expect(known, 'keeps the old name').toBe(null)
})
