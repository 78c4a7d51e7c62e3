import { openDatabase } from 'corpus-kit/database'
import { sqlstate } from 'mortar/faults'
import { mortarTest } from 'mortar/vitest'
import { afterAll, expect, test } from 'vitest'
import { take } from './program/take.mjs'

const db = openDatabase()
afterAll(() => db.end())

test('a conflict is dealt with, or is said to be one', async () => {
  await mortarTest.boundary('stock').fault(sqlstate('40001', { operation: 'UPDATE stock' }))
  const said = await take(db, 'book').catch((error) => error.code)
  expect([2, '40001'], 'says nothing of a conflict').toContain(said)
})
