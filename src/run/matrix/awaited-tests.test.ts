import { expect, it } from 'vitest'
import { awaitedTests } from './awaited-tests.ts'
import type { ResultLine } from './plan-file.ts'

const began = (name: string, id: string): ResultLine => ({ t: 'began', id, test: { file: 'a.test.ts', name } })
const ran = (name: string, id: string): ResultLine => ({
  t: 'ran',
  id,
  test: { file: 'a.test.ts', name },
  passed: true,
  ended: 'in time',
  errors: [],
  uncaught: [],
  durationMs: 1,
  struck: 0,
  missed: false,
  steps: [],
  asks: [],
  refusals: 0,
})

it('names the tests that are under way, each once', () => {
  expect(awaitedTests([]).what).toBe('the test command, which has told of no test yet')
  const lines: ResultLine[] = [{ t: 'attached' }]
  expect(awaitedTests(lines).what).toBe('the first test')
  lines.push(began('pays', 'clean-1'), ran('pays', 'clean-1'), began('pays', 'clean-2'), began('refunds', 'clean-1'))
  expect(awaitedTests(lines).what).toBe('`pays`, `refunds`')
  lines.push(ran('pays', 'clean-2'), ran('refunds', 'clean-1'))
  expect(awaitedTests(lines).what).toBe('what comes behind the last test')
})
