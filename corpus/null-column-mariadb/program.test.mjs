import { openMariadb } from 'corpus-kit/mariadb'
import { afterAll, expect, test } from 'vitest'
import { greet } from './program/greet.mjs'

const db = openMariadb()
afterAll(() => db.end())

test('a person is greeted by the nickname', async () => {
  expect(await greet(db, 'ada')).toBe('Hello COUNTESS')
})
