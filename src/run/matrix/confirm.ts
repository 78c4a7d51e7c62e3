import { realNow } from '../../core/real-clock.ts'
import type { JudgedCell } from '../../matrix/findings.ts'
import { findingsOf } from '../../matrix/findings.ts'
import { executeCells, type ExecuteOptions } from './execute-cells.ts'
import { isBadCell, judgeAll } from './judge-all.ts'
import type { Suite } from './suite.ts'

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
 * Runs the best cell of each finding again, alone, in a fresh process. A finding that does not show again in any of
 * its best cells is none: their verdict becomes `flaky`.
 */
export async function confirmBad(suite: Suite, { judged, ...options }: ConfirmOptions): Promise<Confirmed> {
  const findings = findingsOf(judged)
  const state = new Map<string, boolean>()
  let unconfirmed = 0
  const waiting = findings.entries()
  const lane = async (): Promise<void> => {
    for (const [i, { best, cells }] of waiting) {
      if (suite.signal.aborted || realNow() > (options.until ?? Number.POSITIVE_INFINITY)) return
      options.onProgress(`seeing finding ${i + 1} of ${findings.length} again`)
      let seen: boolean | undefined
      for (const { shown } of [best, ...cells.filter((one) => one !== best)].slice(0, mostTries)) {
        const { cell } = shown
        const ran = await executeCells(suite, { ...options, cells: [cell], onProgress: () => {} })
        // There was no time for it: it stays as it was seen once.
        if (!ran.has(cell.id)) break
        // Alone, the same may show itself from another side.
        seen = judgeAll([cell], options.baselines, ran).some(isBadCell)
        state.set(cell.id, seen)
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
