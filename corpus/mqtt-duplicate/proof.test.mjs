import { openDatabase } from 'corpus-kit/database'
import { openMqtt } from 'corpus-kit/mqtt'
import { messageFaults } from 'mortar/faults'
import { mortarTest } from 'mortar/vitest'
import { afterAll, expect, test } from 'vitest'
import { count } from './program/count.mjs'

const db = openDatabase()
afterAll(() => db.end())

test('what comes twice is counted once', async () => {
  const meter = await openMqtt('meter')
  const counter = await openMqtt('counter')
  await mortarTest.boundary('sensors').fault(messageFaults.duplicate(), { operation: /^DELIVER meters/ })
  await count(counter, db)
  await meter.publishAsync('meters/7', JSON.stringify({ id: 'r1', cents: 500 }), { qos: 1 })
  await meter.publishAsync('meters/7', JSON.stringify({ id: 'r2', cents: 700 }), { qos: 1 })
  await mortarTest.boundary('readings').row('SELECT id FROM entries', { id: 'r1' })
  await mortarTest.boundary('readings').row('SELECT id FROM entries', { id: 'r2' })
  const { rows } = await db.query('SELECT id FROM entries ORDER BY id')
  expect(rows, 'counted twice').toEqual([{ id: 'r1' }, { id: 'r2' }])
  await meter.endAsync(true)
  await counter.endAsync(true)
})
