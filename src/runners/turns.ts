import type { TestRef } from '../core/exchange.ts'
import { afterAll, amid, type MatrixPlan, type PlannedCell, type RunRecord } from '../run/matrix/plan-file.ts'

/** One run of a test among those that a plan wants of it. */
export interface Turn {
  readonly id: string
  /** Left out: nothing goes wrong. */
  readonly planned?: PlannedCell
  /** Shows what the cell before has left behind: at once, or if that was something, when time has passed. */
  readonly follows?: 'at once' | 'later'
  /** It is run only where nothing has shown for so long that cells have left nothing behind, milliseconds. */
  readonly dueMs?: number
}

/** Amid its cells a test is run without a fault after at least so many, so much time and so many times its own. */
const leastCells = 5
const leastMs = 1000
const leastTimes = 20

/** What a plan wants of a test, in order: clean runs, its cells, and what shows whether they have left anything behind. */
export function turnsOf({ clean, cells, suspects }: MatrixPlan, test: TestRef): readonly Turn[] {
  const first = Array.from({ length: clean }, (_, i): Turn => ({ id: `clean-${i + 1}` }))
  const own = (cells ?? []).filter(({ cell }) => isAmong([cell.test], test))
  if (own.length === 0) return cells ? [] : first
  if (!isAmong(suspects, test)) return [...first, ...own.flatMap(withAmid), { id: afterAll }]
  return [
    ...first,
    ...own.flatMap((planned): Turn[] => [
      turnOf(planned),
      { id: `after-${planned.cell.id}`, follows: 'at once' },
      { id: `later-${planned.cell.id}`, follows: 'later' },
    ]),
  ]
}

/** What a clean run failed with, for people. */
export function failureOf({ errors: [error] }: RunRecord): string {
  return error ? `${error.name}: ${error.message.split('\n', 1)[0]}` : 'it does not say why'
}

/** Whether a list has a test. */
export function isAmong(tests: readonly TestRef[] | undefined, { file, name }: TestRef): boolean {
  return tests?.some((test) => test.file === file && test.name === name) ?? false
}

/** Of a process that is killed, what is known by then is all that has been shown to have met nothing of another cell. */
function withAmid(planned: PlannedCell, i: number, all: readonly PlannedCell[]): readonly Turn[] {
  const count = (i + 1) / leastCells
  const dueMs = Math.max(leastMs, leastTimes * planned.usualMs)
  const isPlace = Number.isInteger(count) && i + 1 < all.length
  return [turnOf(planned), ...(isPlace ? [{ id: `${amid}${count}`, dueMs }] : [])]
}

function turnOf(planned: PlannedCell): Turn {
  return { id: planned.cell.id, planned }
}
