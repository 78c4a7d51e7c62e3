import { openDatabase } from 'corpus-kit/database'
import { readOnly } from 'mortar/faults'
import { mortarTest } from 'mortar/vitest'
import { afterAll, expect, test } from 'vitest'
import { shorten } from './program/shorten.mjs'

const db = openDatabase()
afterAll(() => db.end())

test('what was not stored is not promised', async () => {
  await mortarTest.boundary('links').fault(readOnly())
  const said = await shorten(db, 'abc', 'https://long.example').catch((error) => error.code)
  expect(said, 'promised a link').toBe('25006')
})
