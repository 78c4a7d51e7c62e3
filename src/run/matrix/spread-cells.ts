import { keyOfTest } from '../../timeline/moment.ts'
import type { PlannedCell } from './plan-file.ts'

/** What a cell takes besides its test, and what one takes that keeps its program waiting, milliseconds: about. */
const besidesMs = 40
const stallsMs = 1000

/** Less than this is done before another process is up, milliseconds. */
const worthwhileMs = 10_000

/**
 * Spreads cells over processes, the longest first, where the workers of one would leave most to do to one of them: a
 * worker has whole files. The cells of one test stay together.
 *
 * @param most - How many processes there may be.
 */
export function spreadCells(cells: readonly PlannedCell[], most: number): readonly (readonly PlannedCell[])[] {
  const whole = weightOf(cells)
  const share = whole / most
  const files = [...Map.groupBy(cells, ({ cell }) => cell.test.file).values()]
  if (whole < worthwhileMs || !files.some((file) => weightOf(file) > share)) return [cells]
  const chunks = files.flatMap((file) =>
    weightOf(file) > share ? [...Map.groupBy(file, ({ cell }) => keyOfTest(cell.test)).values()] : [file],
  )
  const lanes = Array.from({ length: most }, (): PlannedCell[] => [])
  for (const chunk of chunks.toSorted((a, b) => weightOf(b) - weightOf(a))) {
    lanes.toSorted((a, b) => weightOf(a) - weightOf(b))[0]!.push(...chunk)
  }
  return lanes.filter((lane) => lane.length > 0)
}

function weightOf(cells: readonly PlannedCell[]): number {
  return cells.reduce((sum, { cleanMs, stalls }) => sum + cleanMs + besidesMs + (stalls ? stallsMs : 0), 0)
}
