import { openDatabase } from 'corpus-kit/database'
import { afterAll, expect, test } from 'vitest'
import { visit } from './program/visit.mjs'

const db = openDatabase()
afterAll(() => db.end())

test('a visit is noted', async () => {
  expect(await visit(db, 'home')).toBe('noted')
})
