import type { Baseline } from '../../matrix/baseline.ts'
import { makeCase } from '../../matrix/case.ts'
import { faultOf } from '../../matrix/catalogue.ts'
import type { Cell } from '../../matrix/cell.ts'
import { judgeFields } from '../../matrix/contract/judge-field.ts'
import { firstOf } from '../../matrix/pairs.ts'
import type { JudgedCell } from '../../matrix/findings.ts'
import { judge } from '../../matrix/judge.ts'
import { isBad } from '../../matrix/verdict.ts'
import { keyOfTest } from '../../timeline/moment.ts'
import type { Ran } from './suite.ts'

/** Judges the cells that were run; the others are left out. */
export function judgeAll(
  cells: readonly Cell[],
  baselines: readonly Baseline[],
  ran: ReadonlyMap<string, Ran>,
): readonly JudgedCell[] {
  const byTest = new Map(
    baselines.map((baseline) => [`${keyOfTest(baseline.test)}\0${baseline.under?.cell ?? ''}`, baseline]),
  )
  return cells.flatMap((cell): JudgedCell[] => {
    const one = ran.get(cell.id)
    const key = keyOfTest(cell.test)
    const baseline = byTest.get(`${key}\0${firstOf(cell) ?? ''}`) ?? byTest.get(`${key}\0`)
    const fault = faultOf(cell)
    if (!one || !baseline || !fault) return []
    const shown = makeCase(cell, fault, baseline, one.observation)
    return [{ shown, judgement: cell.detail ? judgeFields(shown).judgement : judge(shown) }]
  })
}

/** Whether a judged cell is a bug. */
export function isBadCell({ judgement }: JudgedCell): boolean {
  return isBad(judgement.verdict)
}
