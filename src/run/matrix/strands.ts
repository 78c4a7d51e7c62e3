import type { Cell } from '../../matrix/cell.ts'
import type { PlanOptions } from '../../matrix/plan.ts'
import { confirmNew } from './confirm-new.ts'
import { proveContracts } from './contract/prove-contracts.ts'
import { executeCells, type ExecuteOptions } from './execute-cells.ts'
import { hearJudged } from './hear-judged.ts'
import { type Known, type KnownCells, nothingYet } from './known.ts'
import { runPairs } from './run-pairs.ts'
import type { Suite } from './suite.ts'

/** What is known by the time cells are run, and where what they show is added. */
export interface StrandOptions extends Pick<ExecuteOptions, 'until' | 'onProgress'> {
  readonly known: Known
  /** Called when more is known. */
  readonly onKnown: () => void
  /** Called when nothing more is run but what is seen again. */
  readonly onDone: () => void
}

type ShownOptions = Pick<ExecuteOptions, 'baselines' | 'until' | 'onProgress'>

/** Runs the cells that are planned, has a second thing go wrong where that is new, and sees again what is bad. */
export async function runOrdinary(
  suite: Suite,
  options: StrandOptions & {
    /** The only cell that is wanted. */
    readonly only: Cell | undefined
  },
): Promise<void> {
  const { known, until, onProgress, onKnown, onDone, only } = options
  const { baselines, parts } = known
  const { planned } = parts.ordinary
  const shown = { baselines, until, onProgress }
  const onRan = hearJudged(planned, baselines, (judged, from) => {
    parts.ordinary = { ...parts.ordinary, judged }
    addTo(known.from, from)
    onKnown()
  })
  await executeCells(suite, { ...shown, cells: planned, onRan })
  const isShort = until !== undefined
  // Who has little time is to be sure first of what there is.
  if (isShort) parts.ordinary = await seenAgain(suite, shown, parts.ordinary)
  const pairs = await runPairs(suite, { ...shown, judged: parts.ordinary.judged, only })
  parts.pairs = { ...nothingYet, planned: pairs.planned, judged: pairs.judged }
  known.leftOutPairs = pairs.leftOut
  // Of two faults the first is only to show what there is for the second.
  if (only?.after !== undefined) parts.ordinary = nothingYet
  addTo(known.from, pairs.from)
  onKnown()
  onDone()
  const both = { ...shown, baselines: pairs.baselines }
  if (isShort) parts.pairs = await seenAgain(suite, both, parts.pairs)
  else await seeAllAgain(suite, both, parts)
  onKnown()
}

/** The same cells, with bad verdicts that have shown again, or not. */
async function seenAgain(suite: Suite, options: ShownOptions, { planned, judged }: KnownCells): Promise<KnownCells> {
  const { confirmed, unconfirmed } = await confirmNew(suite, { ...options, judged })
  return { planned, judged: confirmed, unconfirmed }
}

/** All at once, as each time processes are started for it. */
async function seeAllAgain(suite: Suite, options: ShownOptions, parts: Known['parts']): Promise<void> {
  const { ordinary, pairs } = parts
  const all = { ...nothingYet, judged: [...ordinary.judged, ...pairs.judged] }
  const { judged, unconfirmed } = await seenAgain(suite, options, all)
  const count = ordinary.judged.length
  parts.ordinary = { ...ordinary, judged: judged.slice(0, count), unconfirmed }
  parts.pairs = { ...pairs, judged: judged.slice(count) }
}

/** Finds out which fields of answers are needed. @returns Cells that were run a second time. */
export async function runFields(
  suite: Suite,
  options: StrandOptions & { readonly narrow: PlanOptions },
): Promise<readonly Cell[]> {
  const { known, until, onProgress, onKnown, onDone, narrow } = options
  const shown = { baselines: known.baselines, until, onProgress }
  const fields = await proveContracts(suite, { ...shown, narrow })
  onDone()
  known.contracts = fields.operations
  known.parts.fields = await seenAgain(suite, shown, { ...nothingYet, ...fields })
  addTo(known.from, fields.from)
  onKnown()
  return fields.again
}

function addTo(known: Map<string, string>, more: ReadonlyMap<string, string>): void {
  for (const [id, run] of more) known.set(id, run)
}
