import { openDatabase } from 'corpus-kit/database'
import { afterAll, expect, test } from 'vitest'
import { createMachine } from './program/create-machine.mjs'
import { machineService } from './stand-in.mjs'

const db = openDatabase()
afterAll(() => db.end())

test('what was not created is not listed', async () => {
  machineService.fault('POST /machines', [503, { error: 'down' }], { times: 10 })
  await createMachine(db, 'm1').catch(() => {})
  const { rows } = await db.query('SELECT name FROM machines')
  expect(rows, 'a row without a machine').toEqual([])
})
