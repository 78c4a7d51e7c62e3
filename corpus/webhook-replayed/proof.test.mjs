import { openDatabase } from 'corpus-kit/database'
import { expect, test } from 'vitest'
import { loseReplies, send } from './stand-in.mjs'

test('an event that is sent twice is booked once', async () => {
  loseReplies(1)
  await send({ id: 'evt_1', cents: 500 })
  const db = openDatabase()
  const { rows } = await db.query('SELECT id FROM entries')
  await db.end()
  expect(rows, 'booked twice').toEqual([{ id: 'evt_1' }])
})
