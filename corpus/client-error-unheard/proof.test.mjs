import { pause } from 'corpus-kit/ask'
import { openDatabase } from 'corpus-kit/database'
import { lostConnection } from 'mortar/faults'
import { mortarTest } from 'mortar/vitest'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { note } from './program/note.mjs'

const db = openDatabase()
afterAll(() => db.end())

test('a connection that is lost ends a statement, not the process', async () => {
  const uncaught = []
  const others = process.rawListeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  process.on('uncaughtException', (error) => uncaught.push(error.message))
  onTestFinished(() => {
    process.removeAllListeners('uncaughtException')
    for (const listener of others) process.on('uncaughtException', listener)
  })
  await mortarTest.boundary('notes').fault(lostConnection({ operation: 'INSERT notes' }))
  await note(db, 'milk').catch(() => {})
  await pause(200)
  expect(uncaught, 'nobody caught it').toEqual([])
})
