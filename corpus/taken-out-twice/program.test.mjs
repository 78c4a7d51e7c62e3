import { openCache } from 'corpus-kit/cache'
import { openDatabase } from 'corpus-kit/database'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { rename } from './program/users.mjs'

const db = openDatabase()
let cache
beforeEach(async () => void (cache = await openCache()))
afterEach(() => cache.destroy())
afterAll(() => db.end())

test('a user is renamed', async () => {
  expect(await rename(db, cache, { id: 2, name: 'Rob' })).toEqual({ id: 2, name: 'Rob' })
})
