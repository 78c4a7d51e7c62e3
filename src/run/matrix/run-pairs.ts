import type { Baseline } from '../../matrix/baseline.ts'
import type { Cell } from '../../matrix/cell.ts'
import type { JudgedCell } from '../../matrix/findings.ts'
import { type LeftOutPair, type Pairs, planPairs } from '../../matrix/pairs.ts'
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

/** What second faults have shown, before any of it is seen again. */
export interface PairsRun {
  readonly planned: readonly Cell[]
  readonly judged: readonly JudgedCell[]
  readonly leftOut: readonly LeftOutPair[]
  /** With which they are compared, and what there was before. */
  readonly baselines: readonly Baseline[]
  /** Those that are known from an earlier matrix, and its name. */
  readonly from: ReadonlyMap<string, string>
}

/** Has a second thing go wrong where a first one has led to something that no clean run does. */
export async function runPairs(suite: Suite, { judged, only, ...options }: PairOptions): Promise<PairsRun> {
  const pairs = planPairs(judged)
  // Who wants one of them has it, however many there are.
  const leftOut = only === undefined ? pairs.leftOut : []
  const cells = only === undefined ? pairs.cells : allPairs(pairs).filter(({ id }) => id === only.id)
  // Of equal tests the last one counts: how long a test takes is what it takes by itself.
  const baselines = [...pairs.baselines, ...options.baselines]
  if (cells.length === 0) return { planned: [], judged: [], leftOut, baselines, from: new Map() }
  options.onProgress(
    `${plural(cells.length, 'pair')} of faults besides, the second one at what only the first has led to`,
  )
  const ran = await executeCells(suite, { ...options, baselines, cells, name: 'pair' })
  const from = new Map([...ran].flatMap(([id, one]) => (one.from === undefined ? [] : [[id, one.from] as const])))
  return { planned: cells, judged: judgeAll(cells, baselines, ran), leftOut, baselines, from }
}

function allPairs({ cells, leftOut }: Pairs): readonly Cell[] {
  return [...cells, ...leftOut.map(({ why: _why, ...cell }) => cell)]
}
