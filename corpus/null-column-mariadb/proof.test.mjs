import { openMariadb } from 'corpus-kit/mariadb'
import { afterAll, expect, test } from 'vitest'
import { greet } from './program/greet.mjs'

const db = openMariadb()
afterAll(() => db.end())

test('who has no nickname is greeted by the name', async () => {
  await db.query(`INSERT INTO people (id, name) VALUES ('grace', 'Grace Hopper')`)
  expect(await greet(db, 'grace').catch(() => 'nothing'), 'not greeted').toBe('Hello GRACE HOPPER')
})
