import { openDatabase } from 'corpus-kit/database'
import { afterAll, expect, test } from 'vitest'
import { importInvoices } from './program/import-invoices.mjs'
import { billing } from './stand-in.mjs'

const db = openDatabase()
afterAll(() => db.end())

test('an expired token is renewed', async () => {
  billing.fault('GET /invoices', [401, { error: 'expired' }])
  expect(await importInvoices(db)).toBe('done')
  const { rows } = await db.query('SELECT id FROM invoices')
  expect(rows, 'nothing was imported').toEqual([{ id: 'in_1' }])
})
