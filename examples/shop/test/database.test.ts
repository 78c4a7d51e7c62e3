import { lostConnection } from 'mortar/faults'
import { mortarTest } from 'mortar/vitest'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Database, openDatabase, transaction } from '../src/database.ts'
import { addCustomer, findCustomer } from '../src/orders/customers.ts'

// One pool for all tests of this file, as the shop has one for all its customers.
let database: Database
beforeAll(() => {
  database = openDatabase(process.env.DATABASE_URL!)
})
afterAll(() => database.end())

test('what is done in a transaction is there afterwards', async () => {
  const ada = await transaction(database, (tx) => addCustomer(tx, 'ada@example.com', 'Ada'))
  expect(await findCustomer(database, ada.id)).toEqual({ id: 1, email: 'ada@example.com', name: 'Ada' })
})

test('what fails in a transaction is undone', async () => {
  const failing = transaction(database, async (tx) => {
    await addCustomer(tx, 'ada@example.com', 'Ada')
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  await expect(findCustomer(database, 1)).rejects.toMatchObject({ code: 'unknown_customer' })
})

test('a transaction whose connection is lost is undone, and the pool goes on', async () => {
  await mortarTest.boundary('orders').fault(lostConnection({ operation: 'COMMIT' }))
  await expect(transaction(database, (tx) => addCustomer(tx, 'ada@example.com', 'Ada'))).rejects.toThrow()
  const eve = await transaction(database, (tx) => addCustomer(tx, 'ada@example.com', 'Eve'))
  expect(await findCustomer(database, eve.id)).toMatchObject({ name: 'Eve' })
})
