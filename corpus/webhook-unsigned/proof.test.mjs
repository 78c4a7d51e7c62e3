import { createServer } from 'node:http'
import { openDatabase } from 'corpus-kit/database'
import { listen } from 'corpus-kit/stand-in'
import { expect, test } from 'vitest'
import { receive } from './program/receive.mjs'
import { delivery } from './stand-in.mjs'

await listen('SHOP_URL', createServer(receive))

test('what somebody else sends is not booked', async () => {
  await fetch(`${process.env.SHOP_URL}/webhooks/payments`, delivery({ id: 'evt_1', cents: 500 }, 'guessed'))
  const db = openDatabase()
  const { rows } = await db.query('SELECT id FROM entries')
  await db.end()
  expect(rows, 'taken for real').toEqual([])
})
