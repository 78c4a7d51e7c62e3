import { realNow } from '../../core/real-clock.ts'
import type { Cell } from '../../matrix/cell.ts'
import type { JudgedCell } from '../../matrix/findings.ts'
import { findingsOf } from '../../matrix/findings.ts'
import { executeCells, type ExecuteOptions } from './execute-cells.ts'
import { isBadCell, judgeAll } from './judge-all.ts'
import type { Suite } from './suite.ts'
import { plural } from '../wording.ts'

/** What is to be seen again. */
export interface ConfirmOptions extends Omit<ExecuteOptions, 'cells'> {
  readonly judged: readonly JudgedCell[]
}

/** Cells of which it is known whether their bad verdict shows again. */
export interface Confirmed {
  readonly confirmed: readonly (JudgedCell & { readonly confirmed?: boolean })[]
  /** Bad verdicts that did not show again. */
  readonly unconfirmed: number
}

/** How many cells of one finding are tried before it counts as chance. */
const mostTries = 3

/** How many processes there are at a time. */
const lanes = 2

/**
 * Runs the best cells of all findings again, together in one fresh process, and those that did not show again there
 * alone. A finding that does not show again in any of its best cells is none: their verdict becomes `flaky`.
 */
export async function confirmBad(suite: Suite, { judged, ...options }: ConfirmOptions): Promise<Confirmed> {
  const findings = findingsOf(judged)
  const state = new Map<string, boolean>()
  let unconfirmed = 0
  const seeAgain = async (cells: readonly Cell[]): Promise<void> => {
    const ran = await executeCells(suite, { ...options, cells, onProgress: () => {} })
    // Run again, the same may show itself from another side.
    for (const one of judgeAll(cells, options.baselines, ran)) state.set(one.shown.cell.id, isBadCell(one))
  }
  if (findings.length > 0) options.onProgress(`seeing ${plural(findings.length, 'finding')} again`)
  await seeAgain(findings.map(({ best }) => best.shown.cell))
  const waiting = findings.filter(({ best }) => state.get(best.shown.cell.id) === false).values()
  const lane = async (): Promise<void> => {
    for (const { best, cells, sentence } of waiting) {
      options.onProgress(`seeing again, alone: ${sentence}`)
      let seen: boolean | undefined
      for (const { shown } of [best, ...cells.filter((one) => one !== best)].slice(0, mostTries)) {
        if (suite.signal.aborted || realNow() > (options.until ?? Number.POSITIVE_INFINITY)) break
        await seeAgain([shown.cell])
        seen = state.get(shown.cell.id)
        if (seen) break
      }
      if (seen === false) for (const { shown } of cells) state.set(shown.cell.id, false)
    }
  }
  // A port that the config names can be had but once.
  const isShared = suite.perProcess || suite.config.boundaries.some(({ input }) => input.port !== undefined)
  await Promise.all(Array.from({ length: isShared ? 1 : lanes }, lane))
  const confirmed = judged.map((one): Confirmed['confirmed'][number] => {
    const again = state.get(one.shown.cell.id)
    if (again === undefined) return one
    if (again) return { ...one, confirmed: true }
    unconfirmed++
    const what = `${one.judgement.verdict}, but not when it was run again: ${one.judgement.what}`
    return { ...one, judgement: { verdict: 'flaky', oracle: '', what, evidence: one.judgement.evidence } }
  })
  return { confirmed, unconfirmed }
}
