import type { TestRef } from '../core/exchange.ts'
import type { MatrixPlan } from '../run/matrix/plan-file.ts'
import { isAmong } from './turns.ts'

/** What a plan wants of one file of tests while its modules stay as they are. */
export interface Pass {
  /** From 1 on. */
  readonly number: number
  readonly plan: MatrixPlan
  /** Tests that have not gone well by themselves in an earlier pass. */
  readonly doubted: readonly TestRef[]
  /** Some test has gone well in this process without a fault. */
  readonly wentWell: boolean
}

/** What a pass has shown. */
export interface ShownByPass {
  /** Cells whose results stand. */
  readonly done: ReadonlySet<string>
  /** Tests of which a cell has left something behind, it is not known which. */
  readonly suspects: readonly TestRef[]
  /** Tests that did not go well by themselves. */
  readonly unsound: readonly TestRef[]
  /** A cell has left something behind for good, so nothing was run after it. */
  readonly isPoisoned: boolean
}

/** What is left to run of a file with its modules evaluated anew; `undefined` when that would show nothing more. */
export function nextPass(
  { number, plan, doubted, wentWell }: Pass,
  file: string,
  shown: ShownByPass,
): Pass | undefined {
  const { done, suspects, unsound, isPoisoned } = shown
  const isNew = unsound.some((test) => !isAmong(doubted, test))
  if (!isPoisoned && suspects.length === 0 && !isNew) return undefined
  const hopeless = unsound.filter((test) => isAmong(doubted, test))
  const cells = (plan.cells ?? []).filter(
    ({ cell: { id, test } }) => test.file === file && !done.has(id) && !isAmong(hopeless, test),
  )
  if (cells.length === 0) return undefined
  return {
    number: number + 1,
    // Whether it was a cell, or the test does not even go well by itself, is to be told apart.
    plan: { ...plan, clean: 1, cells, suspects: [...(plan.suspects ?? []), ...suspects] },
    doubted: [...doubted, ...unsound],
    wentWell,
  }
}
