import { openDatabase } from 'corpus-kit/database'
import { sqlstate } from 'mortar/faults'
import { mortarTest } from 'mortar/vitest'
import { afterAll, expect, test } from 'vitest'
import { visit } from './program/visit.mjs'

const db = openDatabase()
afterAll(() => db.end())

test('what is said to be noted is noted', async () => {
  await mortarTest.boundary('audit').fault(sqlstate('40P01', { operation: 'INSERT visits' }))
  const said = await visit(db, 'home').catch(() => 'failed')
  const { rows } = await db.query('SELECT seen FROM pages')
  expect([said, rows[0].seen], 'nothing was kept').toEqual(said === 'noted' ? ['noted', 1] : ['failed', 0])
})
