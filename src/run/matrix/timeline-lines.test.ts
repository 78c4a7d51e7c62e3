import { expect, it } from 'vitest'
import { makeCell } from '../../matrix/cell.ts'
import type { Ask } from '../../matrix/observation.ts'
import { observed } from '../../../test/matrix/cases.ts'
import { timelineLines } from './timeline-lines.ts'

const at = { boundary: 'payments', operation: 'POST /v1/charges' }
const cell = makeCell({
  test: { file: 'a.test.ts', name: 'pays' },
  ...at,
  protocol: 'http',
  nth: 1,
  fault: 'connection refused',
  family: 'error',
})
const struck = (place: number): Ask => ({ place, at: 0, ...at, struck: true })

it('marks the call that came to nothing, and not what has its place then', () => {
  const run = observed((t) => t.sql('SELECT 1').sql('SELECT 2'), { asks: [struck(1)] })
  const marked = timelineLines(run, cell).map((line) => [line.text, line.struck ?? false])
  expect(marked).toEqual([
    ['SELECT ?  →  SELECT', false],
    ['POST /v1/charges  →  the service was not asked', true],
    ['SELECT ?  →  SELECT', false],
  ])
})

it('marks the exchange of a call that was answered otherwise', () => {
  const run = observed((t) => t.sql('SELECT 1').http('POST /v1/charges', { status: 503 }), { asks: [struck(1)] })
  const marked = timelineLines(run, cell).map((line) => [line.boundary, line.struck ?? false])
  expect(marked).toEqual([
    ['orders', false],
    ['payments', true],
  ])
})
