import { openDatabase } from 'corpus-kit/database'
import { afterAll, expect, test } from 'vitest'
import { pay } from './program/pay.mjs'
import { settle } from './program/settle.mjs'
import { gateway } from './stand-in.mjs'

const db = openDatabase()
afterAll(() => db.end())

test('what is charged is paid, once the job has run', async () => {
  gateway.fault('POST /charges', 'lose')
  await pay(db, 1200).catch(() => {})
  await settle(db)
  const { rows } = await db.query('SELECT state FROM payments')
  expect(rows, 'pending for ever').toEqual([{ state: 'paid' }])
})
