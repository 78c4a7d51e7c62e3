import { openDatabase } from 'corpus-kit/database'
import { expect, test } from 'vitest'
import { openShop } from './stand-in.mjs'

const deliver = await openShop()

test('an event that is delivered twice is booked once', async () => {
  await deliver({ id: 'evt_1', cents: 500 })
  await deliver({ id: 'evt_1', cents: 500 })
  const db = openDatabase()
  const { rows } = await db.query('SELECT id FROM entries')
  await db.end()
  expect(rows, 'booked twice').toEqual([{ id: 'evt_1' }])
})
