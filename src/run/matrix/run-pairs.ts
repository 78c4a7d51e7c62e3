import type { Cell } from '../../matrix/cell.ts'
import type { JudgedCell } from '../../matrix/findings.ts'
import { type LeftOutPair, type Pairs, planPairs } from '../../matrix/pairs.ts'
import { confirmNew } from './confirm-new.ts'
import type { Confirmed } from './confirm.ts'
import { executeCells, type ExecuteOptions } from './execute-cells.ts'
import { judgeAll } from './judge-all.ts'
import { plural } from '../wording.ts'
import type { Suite } from './suite.ts'

/** What is known before a second fault is tried. */
export interface PairOptions extends Omit<ExecuteOptions, 'cells' | 'onRan'> {
  readonly judged: readonly JudgedCell[]
  /** The only cell that is wanted; one without a first fault is none of these. */
  readonly only?: Cell | undefined
}

/** What became of second faults. */
export interface PairsRun extends Confirmed {
  readonly planned: readonly Cell[]
  readonly leftOut: readonly LeftOutPair[]
  /** Those that are known from an earlier matrix, and its name. */
  readonly from: ReadonlyMap<string, string>
}

/** Has a second thing go wrong where a first one has led to something that no clean run does. */
export async function runPairs(suite: Suite, { judged, only, ...options }: PairOptions): Promise<PairsRun> {
  const pairs = planPairs(judged)
  // Who wants one of them has it, however many there are.
  const leftOut = only === undefined ? pairs.leftOut : []
  const cells = only === undefined ? pairs.cells : allPairs(pairs).filter(({ id }) => id === only.id)
  if (cells.length === 0) return { planned: [], leftOut, confirmed: [], unconfirmed: 0, from: new Map() }
  options.onProgress(
    `${plural(cells.length, 'pair')} of faults besides, the second one at what only the first has led to`,
  )
  // Of equal tests the last one counts: how long a test takes is what it takes by itself.
  const both = { ...options, baselines: [...pairs.baselines, ...options.baselines] }
  const ran = await executeCells(suite, { ...both, cells, name: 'pair' })
  const seen = judgeAll(cells, both.baselines, ran)
  const from = new Map([...ran].flatMap(([id, one]) => (one.from === undefined ? [] : [[id, one.from] as const])))
  return { planned: cells, leftOut, from, ...(await confirmNew(suite, { ...both, judged: seen })) }
}

function allPairs({ cells, leftOut }: Pairs): readonly Cell[] {
  return [...cells, ...leftOut.map(({ why: _why, ...cell }) => cell)]
}
