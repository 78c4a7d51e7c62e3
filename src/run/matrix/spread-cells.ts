import { keyOfTest } from '../../timeline/moment.ts'
import type { PlannedCell } from './plan-file.ts'

/** What a cell takes besides its test, and what one takes that keeps its program waiting, milliseconds: about. */
const besidesMs = 80
const stallsMs = 1000

/** Less than this is done before another process is up, or before a worker that waits has loaded a file, milliseconds. */
const worthwhileMs = 1200
const worthwhileWarmMs = 400

/** How many shares the cells of one test may be before they are parted, which costs clean runs. */
const tooMuch = 1.25

/**
 * Spreads cells over processes, the longest first, where the workers of one would leave most to do to one of them: a
 * worker has whole files. The cells of one test stay together, unless there are more than one process is to have.
 *
 * @param most - How many processes there may be.
 */
export function spreadCells(cells: readonly PlannedCell[], most: number): readonly (readonly PlannedCell[])[] {
  const whole = weightOf(cells)
  const count = Math.min(most, Math.floor(whole / worthwhileMs))
  const files = groupsOf(cells, ({ cell }) => cell.test.file)
  return count < 2 || !files.some((file) => weightOf(file) > whole / count) ? [cells] : shared(files, whole, count)
}

/**
 * Spreads cells over workers that wait for something to do, the longest first, also of each test: what is short is left
 * for whoever is done before the others.
 *
 * @param most - How many may be at work at a time.
 */
export function spreadOverWorkers(cells: readonly PlannedCell[], most: number): readonly (readonly PlannedCell[])[] {
  const whole = weightOf(cells)
  const count = Math.min(most, Math.floor(whole / worthwhileWarmMs))
  const files = groupsOf(cells, ({ cell }) => cell.test.file)
  const lanes = count < 2 ? [cells] : shared(files, whole, count)
  return lanes.map((lane) =>
    groupsOf(lane, ({ cell }) => keyOfTest(cell.test)).flatMap((own) =>
      own.toSorted((a, b) => usualOf(b) - usualOf(a)),
    ),
  )
}

/** The second half of cells that a worker has not begun, if that is worth another one's while; else none. */
export function halfOf(left: readonly PlannedCell[]): readonly PlannedCell[] {
  const half = left.slice(Math.ceil(left.length / 2))
  return weightOf(half) < worthwhileMs ? [] : half
}

function shared(files: readonly PlannedCell[][], whole: number, count: number): readonly (readonly PlannedCell[])[] {
  const share = whole / count
  const chunks = files
    .flatMap((file) => (weightOf(file) > share ? groupsOf(file, ({ cell }) => keyOfTest(cell.test)) : [file]))
    .flatMap((chunk) =>
      weightOf(chunk) > tooMuch * share ? dealt(chunk, Math.ceil(weightOf(chunk) / share)) : [chunk],
    )
  const lanes = Array.from({ length: count }, (): PlannedCell[] => [])
  for (const chunk of chunks.toSorted((a, b) => weightOf(b) - weightOf(a))) {
    lanes.toSorted((a, b) => weightOf(a) - weightOf(b))[0]!.push(...chunk)
  }
  return lanes.filter((lane) => lane.length > 0).toSorted((a, b) => weightOf(b) - weightOf(a))
}

function groupsOf(cells: readonly PlannedCell[], by: (cell: PlannedCell) => string): readonly PlannedCell[][] {
  return [...Map.groupBy(cells, by).values()]
}

/** In so many parts that take about as long, each in the order there was. */
function dealt(cells: readonly PlannedCell[], count: number): readonly PlannedCell[][] {
  const sorted = cells.toSorted((a, b) => weightOf([b]) - weightOf([a]))
  const places = new Map(sorted.map((cell, i) => [cell, i % count]))
  return groupsOf(cells, (cell) => String(places.get(cell)))
}

/** How long cells are likely to take, milliseconds. With the clean runs before and behind the cells of each test. */
export function weightOf(cells: readonly PlannedCell[]): number {
  const tests = new Map(cells.map(({ cell: { test }, usualMs }) => [keyOfTest(test), usualMs]))
  const clean = [...tests.values()].reduce((sum, usualMs) => sum + 2 * (usualMs + besidesMs), 0)
  return cells.reduce((sum, cell) => sum + usualOf(cell) + besidesMs, clean)
}

/** How long a cell is likely to take, milliseconds. */
function usualOf({ usualMs, stalls, tookMs = usualMs + (stalls ? stallsMs : 0) }: PlannedCell): number {
  return tookMs
}
