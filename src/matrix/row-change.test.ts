import { expect, it } from 'vitest'
import type { Effect } from './effects.ts'
import { rowChangeOf, standsByItself } from './row-change.ts'

const effect = (text: string, ...parameters: (string | null)[]): Effect => ({
  boundary: 'jobs',
  operation: 'UPDATE jobs',
  kind: 'sql',
  repeatable: true,
  place: 1,
  said: JSON.stringify([text, parameters]),
})

it('tells what an UPDATE sets from where it does so, with numbered and with nameless parameters', () => {
  const numbered = rowChangeOf(effect("UPDATE jobs SET state = 'done', file = $2 WHERE id = $1", '7', 'a.mp4'))
  expect(numbered).toMatchObject({ columns: ['state', 'file'], values: ['done', 'a.mp4'], row: ['7'] })
  const nameless = rowChangeOf(effect('UPDATE `jobs` SET `state` = ?, tries = 2 WHERE id = ?', 'done', '7'))
  expect(nameless).toMatchObject({ columns: ['state', 'tries'], values: ['done', '2'], row: ['7'] })
})

it('has one shape for what differs in its values only', () => {
  const [one, other] = ["UPDATE jobs SET state = 'it''s 1' WHERE id = 1", 'UPDATE jobs\n SET state = $1 WHERE id = $2']
  expect(rowChangeOf(effect(one!))?.shape).toBe(rowChangeOf(effect(other!, 'done', '7'))?.shape)
})

it('knows what has an end by itself, or only counts an attempt', () => {
  const stands = (sets: string): boolean => standsByItself(rowChangeOf(effect(`UPDATE jobs SET ${sets}`))!)
  expect(stands("state = 'running', locked_until = now() + interval '1 minute'")).toBe(true)
  expect(stands('attempts = attempts + 1, tried_at = now()')).toBe(true)
  expect(stands("state = 'running', started_at = now()")).toBe(false)
})
