import { createServer } from 'node:http'
import { openDatabase } from 'corpus-kit/database'
import { listen } from 'corpus-kit/stand-in'
import { expect, test } from 'vitest'
import { receive } from './program/receive.mjs'
import { delivery } from './stand-in.mjs'

await listen('SHOP_URL', createServer(receive))

test('what was signed a day ago is not booked', async () => {
  const old = delivery({ id: 'evt_1', cents: 500 }, { secondsAgo: 86_400 })
  await fetch(`${process.env.SHOP_URL}/webhooks/payments`, old)
  const db = openDatabase()
  const { rows } = await db.query('SELECT id FROM entries')
  await db.end()
  expect(rows, 'an old delivery was booked').toEqual([])
})
