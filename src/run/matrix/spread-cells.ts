import { keyOfTest } from '../../timeline/moment.ts'
import type { PlannedCell } from './plan-file.ts'

/** What a cell takes besides its test, and what one takes that keeps its program waiting, milliseconds: about. */
const besidesMs = 40
const stallsMs = 1000

/** Less than this is done before another process is up, milliseconds. */
const worthwhileMs = 2500

/**
 * Spreads cells over processes, the longest first, where the workers of one would leave most to do to one of them: a
 * worker has whole files. The cells of one test stay together.
 *
 * @param most - How many processes there may be.
 */
export function spreadCells(cells: readonly PlannedCell[], most: number): readonly (readonly PlannedCell[])[] {
  const whole = weightOf(cells)
  const count = Math.min(most, Math.floor(whole / worthwhileMs))
  const share = whole / count
  const files = [...Map.groupBy(cells, ({ cell }) => cell.test.file).values()]
  if (count < 2 || !files.some((file) => weightOf(file) > share)) return [cells]
  const chunks = files.flatMap((file) =>
    weightOf(file) > share ? [...Map.groupBy(file, ({ cell }) => keyOfTest(cell.test)).values()] : [file],
  )
  const lanes = Array.from({ length: count }, (): PlannedCell[] => [])
  for (const chunk of chunks.toSorted((a, b) => weightOf(b) - weightOf(a))) {
    lanes.toSorted((a, b) => weightOf(a) - weightOf(b))[0]!.push(...chunk)
  }
  return lanes.filter((lane) => lane.length > 0)
}

/** With the clean runs before and behind the cells of each test. */
function weightOf(cells: readonly PlannedCell[]): number {
  const tests = new Map(cells.map(({ cell: { test }, usualMs }) => [keyOfTest(test), usualMs]))
  const clean = [...tests.values()].reduce((sum, usualMs) => sum + 2 * (usualMs + besidesMs), 0)
  return cells.reduce((sum, { usualMs, stalls }) => sum + usualMs + besidesMs + (stalls ? stallsMs : 0), clean)
}
