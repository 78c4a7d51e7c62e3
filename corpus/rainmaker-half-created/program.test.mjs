import { openDatabase } from 'corpus-kit/database'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { createMachine } from './program/create-machine.mjs'
import { machines } from './stand-in.mjs'

const db = openDatabase()
afterAll(() => db.end())
beforeEach(() => machines.clear())

test('a machine is created and listed', async () => {
  expect(await createMachine(db, 'm1')).toBe('running')
  expect([...machines]).toEqual(['m1'])
})
