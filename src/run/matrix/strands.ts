import type { Cell } from '../../matrix/cell.ts'
import type { PlanOptions } from '../../matrix/plan.ts'
import { confirmNew } from './confirm-new.ts'
import { proveContracts } from './contract/prove-contracts.ts'
import { executeCells, type ExecuteOptions } from './execute-cells.ts'
import { hearJudged } from './hear-judged.ts'
import { type Known, nothingYet } from './known.ts'
import { runPairs } from './run-pairs.ts'
import type { Suite } from './suite.ts'

/** What is known by the time cells are run, and where what they show is added. */
export interface StrandOptions extends Pick<ExecuteOptions, 'until' | 'onProgress'> {
  readonly known: Known
  /** Called when more is known. */
  readonly onKnown: () => void
}

/** Runs the cells that are planned, sees again what is bad, and then has a second thing go wrong where that is new. */
export async function runOrdinary(
  suite: Suite,
  options: StrandOptions & {
    /** The only cell that is wanted. */
    readonly only: Cell | undefined
  },
): Promise<void> {
  const { known, until, onProgress, onKnown, only } = options
  const { baselines, parts } = known
  const { planned } = parts.ordinary
  const shown = { baselines, until, onProgress }
  const onRan = hearJudged(planned, baselines, (judged, from) => {
    parts.ordinary = { ...parts.ordinary, judged }
    addTo(known.from, from)
    onKnown()
  })
  await executeCells(suite, { ...shown, cells: planned, onRan })
  const again = await confirmNew(suite, { ...shown, judged: parts.ordinary.judged })
  parts.ordinary = { planned, judged: again.confirmed, unconfirmed: again.unconfirmed }
  const pairs = await runPairs(suite, { ...shown, judged: again.confirmed, only })
  parts.pairs = { planned: pairs.planned, judged: pairs.confirmed, unconfirmed: pairs.unconfirmed }
  known.leftOutPairs = pairs.leftOut
  // Of two faults the first is only to show what there is for the second.
  if (only?.after !== undefined) parts.ordinary = nothingYet
  addTo(known.from, pairs.from)
  onKnown()
}

/** Finds out which fields of answers are needed. @returns Cells that were run a second time. */
export async function runFields(
  suite: Suite,
  options: StrandOptions & { readonly narrow: PlanOptions },
): Promise<readonly Cell[]> {
  const { known, until, onProgress, onKnown, narrow } = options
  const shown = { baselines: known.baselines, until, onProgress }
  const fields = await proveContracts(suite, { ...shown, narrow })
  const sure = await confirmNew(suite, { ...shown, judged: fields.judged })
  known.contracts = fields.operations
  known.parts.fields = { planned: fields.planned, judged: sure.confirmed, unconfirmed: sure.unconfirmed }
  addTo(known.from, fields.from)
  onKnown()
  return fields.again
}

function addTo(known: Map<string, string>, more: ReadonlyMap<string, string>): void {
  for (const [id, run] of more) known.set(id, run)
}
