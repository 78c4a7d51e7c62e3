import { openMariadb } from 'corpus-kit/mariadb'
import { afterAll, expect, test } from 'vitest'
import { pay } from './program/pay.mjs'

const db = openMariadb()
afterAll(() => db.end())

test('somebody pays', async () => {
  expect(await pay(db, { id: 'tr_1', payer: 'ada', cents: 300 })).toBe('tr_1')
})
