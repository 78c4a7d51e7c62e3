import { openDatabase } from 'corpus-kit/database'
import { openMqtt } from 'corpus-kit/mqtt'
import { mortarTest } from 'mortar/vitest'
import { afterAll, afterEach, beforeEach, test } from 'vitest'
import { count } from './program/count.mjs'

const db = openDatabase()
let meter, counter
beforeEach(async () => {
  meter = await openMqtt('meter')
  counter = await openMqtt('counter')
})
afterEach(async () => {
  await meter.endAsync(true)
  await counter.endAsync(true)
})
afterAll(() => db.end())

test('what meters tell is counted', async () => {
  await count(counter, db)
  await meter.publishAsync('meters/7', JSON.stringify({ id: 'r1', cents: 500 }), { qos: 1 })
  await meter.publishAsync('meters/7', JSON.stringify({ id: 'r2', cents: 700 }), { qos: 1 })
  await mortarTest.boundary('readings').row('SELECT id FROM entries', { id: 'r1' })
  await mortarTest.boundary('readings').row('SELECT id FROM entries', { id: 'r2' })
})
