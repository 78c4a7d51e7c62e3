import { openDatabase } from 'corpus-kit/database'
import { afterAll, expect, test } from 'vitest'
import { note } from './program/note.mjs'

const db = openDatabase()
afterAll(() => db.end())

test('a note is kept', async () => {
  expect(await note(db, 'milk')).toBe('kept')
})
