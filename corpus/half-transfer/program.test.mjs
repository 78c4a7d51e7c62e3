import { openDatabase } from 'corpus-kit/database'
import { afterAll, expect, test } from 'vitest'
import { transfer } from './program/transfer.mjs'

const db = openDatabase()
afterAll(() => db.end())

test('money goes from one account to another', async () => {
  expect(await transfer(db, { from: 'ann', to: 'bob', cents: 1200 })).toBe('done')
})
