import { openDatabase } from 'corpus-kit/database'
import { sqlstate } from 'mortar/faults'
import { mortarTest } from 'mortar/vitest'
import { expect, test } from 'vitest'
import { settled } from './program/receive.mjs'
import { send } from './stand-in.mjs'

test('an event that is acknowledged is booked', async () => {
  await mortarTest.boundary('ledger').fault(sqlstate('40P01', { operation: 'INSERT entries' }))
  expect(await send({ id: 'evt_1', cents: 500 })).toEqual({ received: true })
  await settled()
  const db = openDatabase()
  const { rows } = await db.query('SELECT id FROM entries')
  await db.end()
  expect(rows, 'acknowledged and lost').toEqual([{ id: 'evt_1' }])
})
