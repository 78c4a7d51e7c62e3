import { openDatabase } from 'corpus-kit/database'
import { afterAll, expect, test } from 'vitest'
import { greet } from './program/greet.mjs'

const db = openDatabase()
afterAll(() => db.end())

test('a person is greeted by the nickname', async () => {
  expect(await greet(db, 'ada')).toBe('Hello COUNTESS')
})
