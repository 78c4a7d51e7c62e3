import { openCache } from 'corpus-kit/cache'
import { openDatabase } from 'corpus-kit/database'
import { lostConnection } from 'mortar/faults'
import { mortarTest } from 'mortar/vitest'
import { afterAll, expect, test } from 'vitest'
import { rename } from './program/users.mjs'

const db = openDatabase()
afterAll(() => db.end())

test('nothing in the cache is stale where its second DEL fails', async () => {
  const cache = await openCache()
  await cache.set('user:2', 'Bob', { EX: 60 })
  await mortarTest.boundary('cache').fault(lostConnection({ operation: 'DEL user:{id}', nth: 2 }))
  await rename(db, cache, { id: 2, name: 'Rob' }).catch(() => {})
  const known = await cache.get('user:2')
  cache.destroy()
  expect(known).not.toBe('Bob')
})
