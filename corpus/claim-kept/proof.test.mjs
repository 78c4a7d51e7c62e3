import { openDatabase } from 'corpus-kit/database'
import { afterAll, expect, test } from 'vitest'
import { renderNext } from './program/render-next.mjs'
import { render } from './stand-in.mjs'

const db = openDatabase()
afterAll(() => db.end())

test('a film that could not be rendered is queued again', async () => {
  render.fault('PUT /films/:id', [403, { error: 'not today' }])
  await renderNext(db).catch(() => {})
  const { rows } = await db.query('SELECT state FROM films')
  expect(rows, 'running for ever').toEqual([{ state: 'queued' }])
})
