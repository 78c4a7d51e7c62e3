import './stand-in.mjs'
import { openDatabase } from 'corpus-kit/database'
import { afterAll, expect, test } from 'vitest'
import { importInvoices } from './program/import-invoices.mjs'

const db = openDatabase()
afterAll(() => db.end())

test('invoices are imported', async () => {
  expect(await importInvoices(db)).toBe('done')
})
