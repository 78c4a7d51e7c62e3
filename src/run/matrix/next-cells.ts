import type { TestRef } from '../../core/exchange.ts'
import { realNow } from '../../core/real-clock.ts'
import { type Baseline, usualMsOf } from '../../matrix/baseline.ts'
import { findFault } from '../../matrix/catalogue.ts'
import type { Cell } from '../../matrix/cell.ts'
import { keyOfTest } from '../../timeline/moment.ts'

/** What decides what is run next. */
export interface NextOptions {
  /** By test. */
  readonly baselines: ReadonlyMap<string, Baseline>
  /** Tests of which a cell has left something behind. */
  readonly suspects: ReadonlyMap<string, TestRef>
  /** After which nothing more is begun, milliseconds since the epoch. */
  readonly until: number | undefined
}

/** How many cells are worth a process, and about what they take besides their test, milliseconds. */
const leastWave = 20
const besidesMs = 10
const stallMs = 500

/** The cells of the next process. */
export function nextCells(left: readonly Cell[], { baselines, suspects, until }: NextOptions): readonly Cell[] {
  return nextTurn(until === undefined ? left : waveOf(left, baselines, until), suspects)
}

/** Of each file the cells of tests above suspicion; only then those of the others, one after another. */
function nextTurn(left: readonly Cell[], suspects: ReadonlyMap<string, TestRef>): readonly Cell[] {
  return [...Map.groupBy(left, ({ test }) => test.file).values()].flatMap((cells) => {
    const above = cells.filter(({ test }) => !suspects.has(keyOfTest(test)))
    return above.length > 0 ? above : cells.filter(({ test }) => keyOfTest(test) === keyOfTest(cells[0]!.test))
  })
}

/**
 * A process runs the cells of one test after those of another, whatever their order. So where time may run out, those
 * that come first are run before the others: as many as half of the time is likely to be enough for.
 */
function waveOf(cells: readonly Cell[], byTest: ReadonlyMap<string, Baseline>, until: number): readonly Cell[] {
  let room = (until - realNow()) / 2
  const costOf = (cell: Cell): number =>
    usualMsOf(byTest.get(keyOfTest(cell.test))!) + (findFault(cell.fault)?.stalls ? stallMs : besidesMs)
  const end = cells.findIndex((cell, i) => i >= leastWave && (room -= costOf(cell)) < 0)
  return end < 0 ? cells : cells.slice(0, end)
}
