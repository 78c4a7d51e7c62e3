import { openDatabase } from 'corpus-kit/database'
import { afterAll, expect, test } from 'vitest'
import { renderNext } from './program/render-next.mjs'

const db = openDatabase()
afterAll(() => db.end())

test('the next film is rendered', async () => {
  expect(await renderNext(db)).toBe('metropolis.mp4')
})
