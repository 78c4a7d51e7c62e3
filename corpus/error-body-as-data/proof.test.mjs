import { openDatabase } from 'corpus-kit/database'
import { afterAll, expect, test } from 'vitest'
import { storeRates } from './program/store-rates.mjs'
import { rates } from './stand-in.mjs'

const db = openDatabase()
afterAll(() => db.end())

test('no rates are not said to be stored', async () => {
  rates.fault('GET /rates', [503, { error: 'down' }])
  const said = await storeRates(db).catch((error) => error.message)
  expect(said, 'no rate was stored').toContain('GET /rates answered 503')
})
