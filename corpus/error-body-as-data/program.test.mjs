import './stand-in.mjs'
import { openDatabase } from 'corpus-kit/database'
import { afterAll, expect, test } from 'vitest'
import { storeRates } from './program/store-rates.mjs'

const db = openDatabase()
afterAll(() => db.end())

test('rates are stored', async () => {
  expect(await storeRates(db)).toBe('stored')
})
