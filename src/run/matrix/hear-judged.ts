import type { Baseline } from '../../matrix/baseline.ts'
import type { Cell } from '../../matrix/cell.ts'
import type { JudgedCell } from '../../matrix/findings.ts'
import { judgeAll } from './judge-all.ts'
import type { Ran } from './suite.ts'

/** Hears what is known of all cells that were run; and of those known from earlier matrices, the names of these. */
export type JudgedHeard = (judged: readonly JudgedCell[], from: ReadonlyMap<string, string>) => void

/** Judges cells as it is heard how they went, each of them once for each run. */
export function hearJudged(
  planned: readonly Cell[],
  baselines: readonly Baseline[],
  tell: JudgedHeard,
): (ran: ReadonlyMap<string, Ran>) => void {
  const judged = new Map<string, JudgedCell>()
  const known = new Map<string, string>()
  let heard: ReadonlyMap<string, Ran> = new Map()
  return (ran) => {
    // What a cell met that another had left behind is taken back, and run again.
    for (const id of heard.keys()) if (!ran.has(id)) judged.delete(id)
    const fresh = planned.filter(({ id }) => ran.has(id) && heard.get(id) !== ran.get(id))
    heard = new Map(ran)
    for (const one of judgeAll(fresh, baselines, ran)) {
      const { id } = one.shown.cell
      const { from } = ran.get(id)!
      judged.set(id, one)
      if (from !== undefined) known.set(id, from)
    }
    tell(
      planned.flatMap(({ id }) => judged.get(id) ?? []),
      known,
    )
  }
}
