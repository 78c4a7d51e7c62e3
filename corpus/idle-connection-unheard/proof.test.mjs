import { pause } from 'corpus-kit/ask'
import { openDatabase } from 'corpus-kit/database'
import { expect, test } from 'vitest'
import { note } from './program/notes.mjs'

test('a connection that is ended while nobody needs it is nothing', async () => {
  await note('milk')
  const uncaught = []
  process.on('uncaughtException', (error) => uncaught.push(error.code))
  const db = openDatabase()
  await db.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()',
  )
  await pause(200)
  await db.end()
  expect(uncaught, 'nobody listened').toEqual([])
})
