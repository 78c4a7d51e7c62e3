import { openDatabase } from 'corpus-kit/database'
import { afterAll, expect, test } from 'vitest'
import { greet } from './program/greet.mjs'

const db = openDatabase()
afterAll(() => db.end())

test('who has no nickname is greeted by the name', async () => {
  await db.query(`INSERT INTO people VALUES ('grace', 'Grace Hopper')`)
  expect(await greet(db, 'grace').catch(() => 'nothing'), 'not greeted').toBe('Hello GRACE HOPPER')
})
